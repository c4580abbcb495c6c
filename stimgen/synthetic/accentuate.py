"""The optimisation of photographs towards a pole of a unit, side by side and independently.

Hamblin et al. (2024), "Feature Accentuation", with three changes that make one strength fit all
units, layers and networks. What is asked for is a rise of the activation in standard deviations of
the unit over the pool, not the greatest that can be had. Distances are shares of that between two
images of the unit. And the loss is quadratic in both,

    (strength − rise)² / 2 + (penalty · distance)² / 2,

so that as long as the network is nearly linear, the rise is in proportion to the strength, and the
image goes back to the photograph as the strength goes to 0 or the penalty grows.
"""

import math
import time
from dataclasses import dataclass

import torch

from stimgen.activations import layer_maps
from stimgen.models.model import Model
from stimgen.synthetic.distance import squared_distances
from stimgen.synthetic.images.phases import PhaseImages
from stimgen.synthetic.judged.quality import quantised
from stimgen.synthetic.optimising.optimise import send_back
from stimgen.synthetic.optimising.transformations import transform

# In every step the network sees a square of the image, of a side of at least this share of it.
LEAST_SHARE = 0.85
# A unit at a position sees the whole image, moved by at most this share of its side.
MOST_SHIFT = 1 / 24
# Adam without momentum, which in so few steps would carry images beyond the aim. On photographs of
# the demo, momenta of 0, 0.5 and 0.9 reach the same rise, in the last with a third more distance.
BETAS = (0.0, 0.999)
# Adam's steps are as long for a small loss as for a large one. For strengths below this they are
# shorter in proportion, or weak accentuation would change more of an image than it needs: with 0.5
# SD in the demo's deeper layers 9 grey levels instead of 1.
WHOLE_STEPS = 4.0


@dataclass(frozen=True)
class Aim:
    """Where images of a unit and pole are to go, and what holds them back.

    Attributes
    ----------
    layer : str
        The unit's layer or readout.
    channel : int
        The unit.
    strength : float
        Rise of the activation towards the pole, in ``sd``.
    sd : float
        Standard deviation of the unit over the pool, greater than 0.
    penalty : float
        Weight of the distance, in standard deviations.
    near : str
        Layer or readout in which the distance is measured.
    apart : float
        Mean squared distance of two images there.
    """

    layer: str
    channel: int
    strength: float
    sd: float
    penalty: float
    near: str
    apart: float


@dataclass(frozen=True)
class Photograph:
    """An image that is optimised: its name, 3 × side × side pixels (0…1), and its pole.

    ``seed`` decides what the network sees of it in a step; nothing else does.
    """

    name: str
    pixels: torch.Tensor
    pole: str
    seed: int


@dataclass(frozen=True)
class Accentuated:
    """Images as 8 bits hold them, and what became of them.

    Attributes
    ----------
    images : Tensor
        N × 3 × side × side, uint8, on the CPU.
    distances : list of float
        From the photographs, as a share of that of two images.
    seconds : float
        Of each.
    """

    images: torch.Tensor
    distances: list[float]
    seconds: float


def accentuate(
    model: Model,
    photographs: list[Photograph],
    aim: Aim,
    steps: int,
    learning_rate: float,
) -> Accentuated:
    """Optimise photographs of a unit, in one batch.

    They share the forward pass and nothing else: the result for a photograph is the same, up to
    the last digits of the arithmetic, whatever others are beside it.

    Parameters
    ----------
    model : Model
        The network; run no deeper than the layers.
    photographs : list of Photograph
        All of one size.
    aim : Aim
        Where to.
    steps : int
        Steps of optimisation.
    learning_rate : float
        Of the first step, in radians, for strengths of ``WHOLE_STEPS`` or more; it falls to 0
        with a cosine.

    Raises
    ------
    StudyError
        Where no gradient comes back from the network.
    FloatingPointError
        Where a loss stops being a number: names the image and the step. Where an image does.
    OutOfMemoryError
        Where the device has too little memory for the batch.
    """
    started = time.monotonic()
    pixels = torch.stack([one.pixels for one in photographs]).to(model.device)
    signs = torch.tensor([1.0 if one.pole == "max" else -1.0 for one in photographs])
    signs = signs.to(model.device)
    generators = [torch.Generator().manual_seed(one.seed) for one in photographs]
    parameterised = PhaseImages(pixels)
    optimiser = torch.optim.Adam([parameterised.parameters], lr=learning_rate, betas=BETAS)
    longest = learning_rate * min(1.0, aim.strength / WHOLE_STEPS)
    moves = model.readout(aim.layer).pooling.kind == "position"
    draw = random_shift if moves else random_square
    with torch.no_grad():
        # What the phases begin at, not what they were made of: a distance of nothing.
        originals = parameterised.images()
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = longest * (1 + math.cos(math.pi * step / steps)) / 2
        optimiser.zero_grad()
        affines = torch.stack([draw(generator) for generator in generators])
        rises, squares = _seen(model, parameterised.images(), originals, affines, aim)
        shortfalls = aim.strength - signs * rises
        losses = (shortfalls.square() + aim.penalty**2 * squares) / 2
        _check_finite(losses, photographs, step + 1, aim.near)
        send_back(losses.sum(), model.name)
        optimiser.step()
    with torch.inference_mode():
        images = quantised(parameterised.images())
        maps = layer_maps(model, images.float() / 255, [aim.near])[aim.near]
        before = layer_maps(model, pixels, [aim.near])[aim.near]
        distances = (squared_distances(maps, before) / aim.apart).sqrt()
    seconds = (time.monotonic() - started) / len(photographs)
    return Accentuated(images.cpu(), distances.tolist(), seconds)


def random_square(generator: torch.Generator) -> torch.Tensor:
    """Draw a square inside an image, as an affine map of normalised coordinates (2 × 3)."""
    share = LEAST_SHARE + (1 - LEAST_SHARE) * float(torch.rand((), generator=generator))
    return _affine(share, _within(generator, 1 - share))


def random_shift(generator: torch.Generator) -> torch.Tensor:
    """Draw a small movement of an image, as an affine map of normalised coordinates (2 × 3)."""
    return _affine(1.0, _within(generator, 2 * MOST_SHIFT))


def _affine(scale: float, shift: torch.Tensor) -> torch.Tensor:
    return torch.cat([scale * torch.eye(2), shift[:, None]], dim=1)


def _within(generator: torch.Generator, most: float) -> torch.Tensor:
    return (2 * torch.rand(2, generator=generator) - 1) * most


def _seen(
    model: Model,
    images: torch.Tensor,
    originals: torch.Tensor,
    affines: torch.Tensor,
    aim: Aim,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Rise of the activation (SD) and squared distance of each image, of what is seen of it."""
    names = [aim.layer, aim.near]
    maps = layer_maps(model, transform(images, affines, model.side), names)
    with torch.no_grad():
        before = layer_maps(model, transform(originals, affines, model.side), names)
    readout = model.readout(aim.layer)
    now, then = (
        readout.unit(found[aim.layer].float(), aim.channel).view(len(images), -1).mean(1)
        for found in (maps, before)
    )
    squares = squared_distances(maps[aim.near].float(), before[aim.near].float()) / aim.apart
    return (now - then) / aim.sd, squares


def _check_finite(
    losses: torch.Tensor, photographs: list[Photograph], step: int, near: str
) -> None:
    for one, loss in zip(photographs, losses.tolist(), strict=True):
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"{one.name}: the loss is {loss} in step {step}: the unit's activation or that of "
                f"another channel of the layer {near} is not finite (NaN or infinite); choose "
                "another unit in the study file, or another layer"
            )
