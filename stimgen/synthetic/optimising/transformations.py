"""Random small movements of the images in every step, in a single resampling.

Visualisations that survive them are robust patterns rather than noise that only looks like one to
the network. The study's list is: jitter by up to 16 px, scaling by one of five factors, rotation by
up to 5 degrees, jitter by up to 8 px. Their product is one affine map, so one bilinear resampling
does what four would, with less blur.

In Lucid a jitter cuts its pixels off the images, a margin of 16 px all around is cut off in the
end, and yet images have corners that nothing else explains: the border of what the network sees,
where it answers to its own padding with zeros, reaches into what is kept. Here the images are a
torus, as those of a Fourier spectrum are periodic: what leaves on one side comes in on the other.
Before Lucid's movements each image is shifted anywhere (:func:`shifted`), by itself, so that no
place of it is nearer to a border than another, and no place is the border of all images of a set.
The margin is spared, and with it an eighth of the network's work.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F

JITTER_BEFORE = 16
SCALES = (1.0, 0.975, 1.025, 0.95, 1.05)
ANGLES = tuple(range(-5, 6))
JITTER_AFTER = 8


def random_affine(generator: torch.Generator, side: int, reach: float = 1.0) -> torch.Tensor:
    """Draw one transformation as an affine map of normalised coordinates.

    Parameters
    ----------
    generator : torch.Generator
        A CPU generator.
    side : int
        Height and width of the images in pixels; 2 normalised units.
    reach : float, optional
        What is left of scaling and turning, 0…1; with 0 the images move by whole pixels only.

    Returns
    -------
    Tensor
        2 × 3, maps places of the result to places of the image (as ``affine_grid`` takes it).
    """
    before = _jitter(generator, JITTER_BEFORE)
    scale = SCALES[int(torch.randint(len(SCALES), (), generator=generator))]
    angle = math.radians(ANGLES[int(torch.randint(len(ANGLES), (), generator=generator))])
    scale, angle = 1 + (scale - 1) * reach, angle * reach
    after = _jitter(generator, JITTER_AFTER)
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    turn = torch.tensor([[cos, sin], [-sin, cos]])
    shift = (turn @ after + before) * (-2 / side)
    return torch.cat([turn, shift[:, None]], dim=1)


def shifted(images: torch.Tensor, generators: list[torch.Generator]) -> torch.Tensor:
    """Each image of sets (sets · count × 3 × side × side), shifted anywhere on its torus.

    ``generators`` are the sets', on the CPU.
    """
    side, count = images.shape[-1], len(images) // len(generators)
    shifts = torch.cat([torch.randint(side, (count, 2), generator=g) for g in generators])
    # A GPU would wait for a call an image; a CPU has less to move that way.
    return (_rolled if images.device.type == "cpu" else _gathered)(images, shifts)


def _rolled(images: torch.Tensor, shifts: torch.Tensor) -> torch.Tensor:
    pairs = zip(images, shifts.tolist(), strict=True)
    return torch.stack([image.roll(shift, (-2, -1)) for image, shift in pairs])


def _gathered(images: torch.Tensor, shifts: torch.Tensor) -> torch.Tensor:
    shifts = shifts.to(images.device)
    places = torch.arange(images.shape[-1], device=images.device)
    from_rows, from_columns = ((places - shift[:, None]) % len(places) for shift in shifts.mT)
    moved = images.gather(-2, from_rows[:, None, :, None].expand_as(images))
    return moved.gather(-1, from_columns[:, None, None, :].expand_as(images))


def transform(
    images: torch.Tensor, affines: torch.Tensor, sampled: int | None = None, periodic: bool = False
) -> torch.Tensor:
    """What the network sees of sets of square images.

    Parameters
    ----------
    images : Tensor
        (sets · count) × 3 × side × side.
    affines : Tensor
        sets × 2 × 3, see :func:`random_affine`; all images of a set move alike.
    sampled : int, optional
        Pixels of the result, where the network does not take those of the images.
    periodic : bool
        Whether what comes in at a side is what goes out at the other; else it is reflected.

    Returns
    -------
    Tensor
        (sets · count) × 3 × sampled × sampled.
    """
    side = images.shape[-1]
    sampled = sampled or side
    count = len(images) // len(affines)
    # Images that move alike are sampled as channels of one. In halves, as the work of a CPU is
    # divided by images, and there may be one set only.
    halves = 2 if count % 2 == 0 else 1
    stacked = images.view(len(affines) * halves, -1, side, side)
    grid = F.affine_grid(
        affines.to(images.device).repeat_interleave(halves, 0),
        [len(stacked), 1, sampled, sampled],
        align_corners=False,
    )
    if periodic:
        # One pixel around them, so that values between the first and the last one are right.
        stacked = _Wrapped.apply(stacked)
        grid = ((grid + 1).remainder(2) - 1) * (side / (side + 2))
    moved = F.grid_sample(stacked, grid, padding_mode="reflection", align_corners=False)
    return moved.view(len(images), -1, sampled, sampled)


class _Wrapped(torch.autograd.Function):
    """Images with one pixel of their other side around them.

    Torch's gradient of circular padding is a sum of whole images for each side, most of them zeros.
    """

    @staticmethod
    def forward(ctx: Any, images: torch.Tensor) -> torch.Tensor:
        return F.pad(images, (1, 1, 1, 1), mode="circular")

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        for side in (-2, -1):
            size = gradient.shape[side] - 2
            first, within, last = gradient.split((1, size, 1), side)
            gradient = within.clone()
            gradient.narrow(side, 0, 1).add_(last)
            gradient.narrow(side, size - 1, 1).add_(first)
        return gradient


def _jitter(generator: torch.Generator, pixels: int) -> torch.Tensor:
    # 0 … pixels − 1, centred: a common shift of all steps moves the pattern, not the objective.
    offset = torch.randint(pixels, (2,), generator=generator).float()
    return offset - (pixels - 1) / 2
