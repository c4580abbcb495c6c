"""Photographs whose phases can be optimised, with their own magnitudes.

Hamblin et al. (2024), "Feature Accentuation: Revealing 'What' Features Respond to in Natural
Images": the magnitude spectrum of a photograph stays its own, so that what is added to it has the
photograph's texture and contrast.

A Fourier transform takes an image for periodic: where opposite borders differ, it has high
magnitudes along the axes, which become stripes when their phases change. Only the periodic
component of a photograph is parameterised therefore (Moisan 2011, "Periodic plus Smooth Image
Decomposition", Journal of Mathematical Imaging and Vision 39); the smooth one, which holds the
difference of the borders and nearly nothing else, is added as it is.
"""

import math

import torch

from stimgen.synthetic.images.parameterisation import correlate_colours, decorrelated


class PhaseImages:
    """Photographs, whose parameters are the phases of their spectrum.

    Parameters
    ----------
    photographs : Tensor
        N × 3 × side × side, 0…1, on the device where the phases are to live.

    Attributes
    ----------
    parameters : Tensor
        N × 3 × side × (side // 2 + 1): phases in radians, of decorrelated colours before the
        sigmoid.
    """

    def __init__(self, photographs: torch.Tensor) -> None:
        values = decorrelated(photographs)
        self._side = photographs.shape[-1]
        self._smooth = smooth_component(values)
        spectrum = torch.fft.rfft2(values - self._smooth, norm="ortho")
        self._magnitudes = spectrum.abs()
        self.parameters = spectrum.angle().requires_grad_(True)

    def images(self) -> torch.Tensor:
        """The images: N × 3 × side × side, 0…1, differentiable.

        Before a step they are the photographs, but for black and white, which stay half a grey
        level inside their range.
        """
        spectrum = torch.polar(self._magnitudes, self.parameters)
        periodic = torch.fft.irfft2(spectrum, s=(self._side, self._side), norm="ortho")
        return torch.sigmoid(correlate_colours(self._smooth + periodic))


def smooth_component(values: torch.Tensor) -> torch.Tensor:
    """The part of images that takes up the difference of their opposite borders.

    Parameters
    ----------
    values : Tensor
        … × side × side.

    Returns
    -------
    Tensor
        The same shape, with a mean of 0: the solution of Moisan's equation 11, whose Laplacian is
        that of the jump from border to border.
    """
    side = values.shape[-1]
    jumps = torch.zeros_like(values)
    across, down = values[..., -1] - values[..., 0], values[..., -1, :] - values[..., 0, :]
    jumps[..., 0] += across
    jumps[..., -1] -= across
    jumps[..., 0, :] += down
    jumps[..., -1, :] -= down
    turns = 2 * math.pi / side * torch.arange(side, device=values.device)
    laplacian = 2 * (turns.cos()[:, None] + turns[: side // 2 + 1].cos()) - 4
    # The mean, which the borders say nothing of.
    laplacian[0, 0] = torch.inf
    return torch.fft.irfft2(torch.fft.rfft2(jumps) / laplacian, s=(side, side))
