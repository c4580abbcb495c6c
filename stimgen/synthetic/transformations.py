"""Random small movements of the images in every step, in a single resampling.

Visualisations that survive them are robust patterns rather than noise that only looks like one to
the network. The study's list is: jitter by up to 16 px, scaling by one of five factors, rotation by
up to 5 degrees, jitter by up to 8 px. Their product is one affine map, so one bilinear resampling
does what four would, with less blur.
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


def transform(images: torch.Tensor, affines: torch.Tensor) -> torch.Tensor:
    """Apply affine maps to square images; what comes in is filled by reflection.

    Parameters
    ----------
    images : Tensor
        N × 3 × side × side.
    affines : Tensor
        N × 2 × 3, see :func:`random_affine`.

    Returns
    -------
    Tensor
        N × 3 × side × side.
    """
    grid = F.affine_grid(affines, list(images.shape), align_corners=False)
    return F.grid_sample(
        images, grid.to(images.device), padding_mode="reflection", align_corners=False
    )


def _jitter(generator: torch.Generator, pixels: int) -> torch.Tensor:
    # 0 … pixels − 1, centred: a common shift of all steps moves the pattern, not the objective.
    offset = torch.randint(pixels, (2,), generator=generator).float()
    return offset - (pixels - 1) / 2
