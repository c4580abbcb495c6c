"""Random small movements of the images in every step, in a single resampling.

Visualisations that survive them are robust patterns rather than noise that only looks like one to
the network. The study's list is: jitter by up to 16 px, scaling by one of five factors, rotation by
up to 5 degrees, jitter by up to 8 px. Their product is one affine map, so one bilinear resampling
does what four would, with less blur.

In Lucid a jitter cuts its pixels off the images: of 256 px the network sees 240 after the first
one. Here it sees as many: half of the padding on each side is left out (:func:`window`). That
spares an eighth of the network's work, and the border of what it sees, which answers to its own
padding with zeros, stays within what is cut off in the end.
"""

import math

import torch
import torch.nn.functional as F

JITTER_BEFORE = 16
SCALES = (1.0, 0.975, 1.025, 0.95, 1.05)
ANGLES = tuple(range(-5, 6))
JITTER_AFTER = 8


def random_affine(generator: torch.Generator, side: int) -> torch.Tensor:
    """Draw one transformation as an affine map of normalised coordinates.

    Parameters
    ----------
    generator : torch.Generator
        A CPU generator.
    side : int
        Height and width of the images in pixels; 2 normalised units.

    Returns
    -------
    Tensor
        2 × 3, maps places of the result to places of the image (as ``affine_grid`` takes it).
    """
    before = _jitter(generator, JITTER_BEFORE)
    scale = SCALES[int(torch.randint(len(SCALES), (), generator=generator))]
    angle = math.radians(ANGLES[int(torch.randint(len(ANGLES), (), generator=generator))])
    after = _jitter(generator, JITTER_AFTER)
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    turn = torch.tensor([[cos, sin], [-sin, cos]])
    shift = (turn @ after + before) * (-2 / side)
    return torch.cat([turn, shift[:, None]], dim=1)


def window(side: int, padding: int) -> int:
    """Side in pixels of what the network sees of images that are cropped by a padding."""
    return side - padding


def transform(
    images: torch.Tensor, affines: torch.Tensor, seen: int, sampled: int | None = None
) -> torch.Tensor:
    """What the network sees of sets of square images; what comes in is filled by reflection.

    Parameters
    ----------
    images : Tensor
        (sets · count) × 3 × side × side.
    affines : Tensor
        sets × 2 × 3, see :func:`random_affine`; all images of a set move alike.
    seen : int
        Side of the middle part that is returned, in pixels of the images.
    sampled : int, optional
        Pixels that it is returned in, where the network takes no others.

    Returns
    -------
    Tensor
        (sets · count) × 3 × sampled × sampled.
    """
    sampled = sampled or seen
    side = images.shape[-1]
    count = len(images) // len(affines)
    # Images that move alike are sampled as channels of one. In halves, as the work of a CPU is
    # divided by images, and there may be one set only.
    halves = 2 if count % 2 == 0 else 1
    stacked = images.view(len(affines) * halves, -1, side, side)
    inside = affines * torch.tensor([seen / side, seen / side, 1.0])
    grid = F.affine_grid(
        inside.repeat_interleave(halves, 0),
        [len(stacked), 1, sampled, sampled],
        align_corners=False,
    )
    moved = F.grid_sample(
        stacked, grid.to(images.device), padding_mode="reflection", align_corners=False
    )
    return moved.view(len(images), -1, sampled, sampled)


def _jitter(generator: torch.Generator, pixels: int) -> torch.Tensor:
    # 0 … pixels − 1, centred: a common shift of all steps moves the pattern, not the objective.
    offset = torch.randint(pixels, (2,), generator=generator).float()
    return offset - (pixels - 1) / 2
