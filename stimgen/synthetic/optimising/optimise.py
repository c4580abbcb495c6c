"""The optimisation of sets of images, side by side and independent of one another."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from conditions.errors import StudyError
from conditions.study.kinds.visualisation import Visualisation
from stimgen.activations import layer_maps
from stimgen.models.model import Model
from stimgen.synthetic.images.by_method import MakeImages
from stimgen.synthetic.images.parameterisation import Parameterisation
from stimgen.synthetic.optimising.flatness import LossWatch
from stimgen.synthetic.optimising.learning import SharedScale, calmed
from stimgen.synthetic.optimising.objective import UnitObjective, losses
from stimgen.synthetic.optimising.transformations import random_affine, shifted, transform

# Diversity, and often gradients, take in the whole layer.
ANOTHER = (
    ": its activation or that of another channel of its layer is not finite (NaN or infinite); "
    "choose another unit in the study file"
)
# Losses of so many steps are looked at together: a GPU would wait for each look.
LOOKED_AT = 16


@dataclass(frozen=True)
class ImageSet:
    """Images that are optimised together: one unit, one pole.

    ``seed`` decides initial images and transformations; nothing else does.
    """

    unit: str
    objective: UnitObjective
    seed: int


@dataclass(frozen=True)
class Optimised:
    """The result for a set: images count × 3 × side × side (0…1, on the CPU), steps, seconds."""

    images: torch.Tensor
    steps: int
    seconds: float


def optimise(
    model: Model,
    layer: str,
    sets: list[ImageSet],
    make: MakeImages,
    recipe: Visualisation,
    on_step: Callable[[int], None] = lambda n: None,
) -> list[Optimised]:
    """Optimise sets of images of one layer's units, in one batch.

    Sets share the forward pass and nothing else: the result for a set is the same, up to the
    last digits of the arithmetic, whatever sets are beside it.

    Parameters
    ----------
    model : Model
        The network; run no deeper than the layer.
    layer : str
        The units' layer or readout.
    sets : list of ImageSet
        What to optimise.
    make : callable
        Makes the parameterised images, see :class:`Parameterisation`.
    recipe : Visualisation
        Number of images in a set, steps, how it learns.
    on_step : callable, optional
        Called after every step with the number of sets in it.

    Raises
    ------
    StudyError
        Where no gradient comes back from the network.
    FloatingPointError
        Where a set's loss stops being a number: names the unit and the step.
    """
    started = time.monotonic()
    count, mixed = recipe.images, recipe.precision == "mixed"
    generators = [torch.Generator().manual_seed(one.seed) for one in sets]
    parameterised = make(generators, count, model.device)
    falls = recipe.learning == "falling"
    parameters, rate, reach = parameterised.parameters, recipe.learning_rate, 1.0
    optimiser: torch.optim.Optimizer
    if falls:
        optimiser = SharedScale(parameters, len(sets), rate)
    else:
        optimiser = torch.optim.Adam([parameters], lr=rate)
    # Of a falling rate the end is what sharpens images: it is not cut off.
    watches = [LossWatch() for _ in sets] if recipe.stop_when_flat and not falls else []
    finished: dict[int, tuple[torch.Tensor, int]] = {}
    unchecked: list[torch.Tensor] = []
    for step in range(1, recipe.steps + 1):
        if falls:
            left = 1 - (step - 1) / recipe.steps
            optimiser.param_groups[0]["lr"], reach = rate * left, calmed(left)
        optimiser.zero_grad()
        each = losses_once(model, layer, sets, parameterised, generators, mixed, reach)
        unchecked.append(each.detach())
        if step % LOOKED_AT == 0:
            _check_finite(unchecked, sets, step)
            unchecked = []
        send_back(each.sum(), model.name)
        optimiser.step()
        on_step(len(sets))
        if watches:
            lost = each.detach().tolist()
            for place, (watch, loss) in enumerate(zip(watches, lost, strict=True)):
                if watch.is_flat(loss) and place not in finished:
                    # Its neighbours go on; what becomes of this set after is not looked at.
                    finished[place] = (_pictures(parameterised, place, count), step)
            if len(finished) == len(sets):
                break
    _check_finite(unchecked, sets, step)
    seconds = (time.monotonic() - started) / len(sets)
    last = {
        place: finished.get(place) or (_pictures(parameterised, place, count), step)
        for place in range(len(sets))
    }
    return [Optimised(images, steps, seconds) for images, steps in last.values()]


def losses_once(
    model: Model,
    layer: str,
    sets: list[ImageSet],
    parameterised: Parameterisation,
    generators: list[torch.Generator],
    mixed: bool,
    reach: float = 1.0,
) -> torch.Tensor:
    """What each set has to lose, its images moved at random once; differentiable.

    Parameters
    ----------
    model, layer, sets
        See :func:`optimise`.
    parameterised : Parameterisation
        The images of all sets.
    generators : list of Generator
        One for each set; they decide the movement.
    mixed : bool
        Run the network in bfloat16 where that is safe.
    reach : float, optional
        What is left of scaling and turning, see :func:`random_affine`.

    Raises
    ------
    StudyError
        Where the network has an operation that knows no bfloat16.
    """
    readout = model.readout(layer)
    images = parameterised.images()
    # A unit at a position sees what is at that position of the images.
    if readout.pooling.kind != "position":
        images = shifted(images, generators)
    affines = torch.stack([random_affine(g, images.shape[-1], reach) for g in generators])
    seen = transform(images, affines, model.side, periodic=True)
    try:
        with torch.autocast(model.device.type, torch.bfloat16, enabled=mixed):
            maps = layer_maps(model, seen, [layer])[layer]
    except (RuntimeError, TypeError) as error:
        if not mixed or "bfloat16" not in str(error).lower():
            raise
        said = str(error).partition("\n")[0]
        raise StudyError(
            f"model {model.name}: does not run in mixed precision, wanted full: {said}"
        ) from error
    objectives = [one.objective for one in sets]
    return losses(objectives, readout, maps.float().unflatten(0, (len(sets), -1)))


def send_back(loss: torch.Tensor, name: str) -> None:
    """Compute the gradients of a loss.

    Raises
    ------
    StudyError
        Where none comes back from the network of that name.
    """
    try:
        loss.backward()
    except RuntimeError as error:
        # Of networks whose own code leaves torch, or writes into what the gradient needs.
        if "grad" not in str(error):
            raise
        said = str(error).partition("\n")[0]
        raise StudyError(
            f"model {name}: no gradient reaches the images, so that none can be optimised: {said}"
        ) from error


def _check_finite(losses: list[torch.Tensor], sets: list[ImageSet], last: int) -> None:
    """Check the losses of steps up to the last one."""
    if not losses:
        return
    for step, each in enumerate(torch.stack(losses).tolist(), start=last - len(losses) + 1):
        for one, loss in zip(sets, each, strict=True):
            if not math.isfinite(loss):
                raise FloatingPointError(
                    f"unit {one.unit}, pole {one.objective.pole}: the loss is {loss} in step "
                    f"{step}{ANOTHER}"
                )


def _pictures(parameterised: Parameterisation, place: int, count: int) -> torch.Tensor:
    with torch.no_grad():
        return parameterised.images()[place * count : (place + 1) * count].cpu()
