"""What methods of feature visualisation share: parameters that become images."""

from typing import Protocol

import torch

# Square root of the covariance of ImageNet's colours, each column scaled by the longest one, as in
# Lucid (Olah, Mordvintsev & Schubert 2017, "Feature Visualization", Distill).
_COLOUR_COVARIANCE_ROOT = torch.tensor(
    [[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]]
)
COLOUR_CORRELATION = _COLOUR_COVARIANCE_ROOT / _COLOUR_COVARIANCE_ROOT.norm(dim=0).max()
# Keeps the inverse sigmoid of black and white pixels finite: half a step of 8 bits.
_MARGIN = 0.5 / 255


class Parameterisation(Protocol):
    """A batch of images that an optimiser can change.

    Attributes
    ----------
    parameters : Tensor
        First dimension: images; requires gradients.
    """

    parameters: torch.Tensor

    def images(self) -> torch.Tensor:
        """The images: count × 3 × side × side, 0…1, differentiable."""


def correlate_colours(decorrelated: torch.Tensor) -> torch.Tensor:
    """From three independent channels to red, green and blue before the sigmoid (N × 3 × H × W)."""
    return _mixed(COLOUR_CORRELATION, decorrelated)


def decorrelate_colours(coloured: torch.Tensor) -> torch.Tensor:
    """The inverse of :func:`correlate_colours`."""
    return _mixed(torch.linalg.inv(COLOUR_CORRELATION), coloured)


def decorrelated(images: torch.Tensor) -> torch.Tensor:
    """From images (N × 3 × H × W, 0…1) to what becomes them by colours and the sigmoid."""
    return decorrelate_colours(torch.logit(images.clamp(_MARGIN, 1 - _MARGIN)))


def _mixed(matrix: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    return (matrix.to(images) @ images.flatten(2)).view_as(images)
