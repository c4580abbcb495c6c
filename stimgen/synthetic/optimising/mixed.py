"""Whether mixed precision optimises a layer's images as full precision does, and sooner."""

import math
import time
from dataclasses import dataclass

import numpy as np
import torch

from conditions.errors import StudyError
from conditions.study.kinds.visualisation import Visualisation
from stimgen.models.model import Model
from stimgen.synthetic.images.by_method import MakeImages
from stimgen.synthetic.images.parameterisation import Parameterisation
from stimgen.synthetic.optimising.optimise import ImageSet, losses_once, optimise, send_back

# Steps in full precision first: the images that an optimisation begins with hardly drive a unit.
BEFORE = 32
# Random movements of the same images, each seen in both precisions.
MOVEMENTS = 8
# What a trial costs, in steps.
TRIAL_STEPS = BEFORE + 2 * MOVEMENTS
# A step's gradient varies with its random movement; rounding may add this share to its variance.
MOST_ADDED = 0.25
# A step in mixed precision may take this share of the time of one in full precision: what gains
# less would be chosen in one run and not in the next.
MOST_TIME = 0.9


@dataclass(frozen=True)
class Trial:
    """What mixed precision does to a step.

    Attributes
    ----------
    time : float
        Its time as a share of that in full precision (medians).
    added : float
        Mean squared difference from the gradient in full precision, as a share of the variance of
        that over random movements; of several sets the largest. Infinite where one is no number,
        NaN where no set has any gradient, as dead units have none.
    error : str or None
        Why the network did not run in it.
    """

    time: float
    added: float
    error: str | None = None

    @property
    def is_used(self) -> bool:
        """Whether it is as good, and sooner."""
        return self.time <= MOST_TIME and self.added <= MOST_ADDED

    @property
    def says_nothing(self) -> bool:
        """Whether nothing was there that could be compared."""
        return math.isnan(self.added)

    def __str__(self) -> str:
        found = (
            f"takes {self.time:.2f} of the time (at most {MOST_TIME}) and adds {self.added:.1%} to "
            f"the variance of the gradient (at most {MOST_ADDED:.0%})"
        )
        if self.says_nothing:
            found = "no gradient reaches the images that it was tried on"
        elif math.isinf(self.added):
            found = self.error or "gives gradients that are not finite"
        return f"mixed precision {'is used' if self.is_used else 'is not used'}: {found}"


def try_mixed(
    model: Model, layer: str, sets: list[ImageSet], make: MakeImages, recipe: Visualisation
) -> Trial:
    """Try mixed precision on sets of images of one layer, as :func:`optimise` takes them.

    Raises
    ------
    StudyError, FloatingPointError
        As :func:`optimise`.
    """
    held: list[Parameterisation] = []

    def keep(
        generators: list[torch.Generator], count: int, device: torch.device
    ) -> Parameterisation:
        held.append(make(generators, count, device))
        return held[0]

    first = {"steps": BEFORE, "precision": "full"}
    optimise(model, layer, sets, keep, recipe.model_copy(update=first))
    parameterised = held[0]
    seconds: dict[bool, list[float]] = {False: [], True: []}
    # Sums over movements, of all sets: gradients of a batch are too large to keep them.
    total = torch.zeros_like(parameterised.parameters)
    squares, rounding = torch.zeros(len(sets)), torch.zeros(len(sets))
    for movement in range(MOVEMENTS):
        found: list[torch.Tensor] = []
        for mixed in (False, True):
            generators = [torch.Generator().manual_seed(one.seed + movement) for one in sets]
            parameterised.parameters.grad = None
            begun = now(model.device)
            try:
                each = losses_once(model, layer, sets, parameterised, generators, mixed)
                send_back(each.sum(), model.name)
            except (StudyError, RuntimeError, TypeError) as error:
                if not mixed:
                    raise
                return Trial(math.inf, math.inf, str(error).partition("\n")[0])
            seconds[mixed].append(now(model.device) - begun)
            gradient = parameterised.parameters.grad
            assert gradient is not None  # the backward pass has left it
            found.append(gradient.detach())
        full, other = found
        total += full
        squares += _squared_lengths(full, len(sets))
        rounding += _squared_lengths(other - full, len(sets)) / MOVEMENTS
    mean = _squared_lengths(total / MOVEMENTS, len(sets))
    variance = (squares - MOVEMENTS * mean) / (MOVEMENTS - 1)
    added = (rounding / variance.clamp_min(1e-30)).nan_to_num(nan=math.inf, posinf=math.inf)
    # Of a dead unit both gradients are 0, which says nothing of rounding.
    says = (squares != 0) | (rounding != 0)
    return Trial(
        float(np.median(seconds[True]) / np.median(seconds[False])),
        float(added[says].max()) if says.any() else math.nan,
    )


def _squared_lengths(gradients: torch.Tensor, sets: int) -> torch.Tensor:
    return gradients.unflatten(0, (sets, -1)).flatten(1).square().sum(1).cpu()


def now(device: torch.device) -> float:
    """Seconds on a clock, with all that a GPU was given to do done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
