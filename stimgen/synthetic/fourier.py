"""Images parameterised by their colour-decorrelated Fourier spectrum."""

import torch

# Square root of the covariance of ImageNet's colours, each column scaled by the longest one, as in
# Lucid (Olah, Mordvintsev & Schubert 2017, "Feature Visualization", Distill).
_COLOUR_COVARIANCE_ROOT = torch.tensor(
    [[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]]
)
COLOUR_CORRELATION = _COLOUR_COVARIANCE_ROOT / _COLOUR_COVARIANCE_ROOT.norm(dim=0).max()

_INITIAL_SD = 0.01
# Divides the image before the sigmoid; keeps early images from saturating (Lucid).
_CONTRAST = 4.0


def frequency_scale(side: int) -> torch.Tensor:
    """Weight of each frequency: 1/f, with f of at least one cycle an image.

    Returns
    -------
    Tensor
        side × (side // 2 + 1), for a real two-dimensional Fourier transform; side is even.
    """
    vertical = torch.fft.fftfreq(side)[:, None]
    horizontal = torch.fft.rfftfreq(side)[None, :]
    return 1 / torch.clamp((vertical**2 + horizontal**2).sqrt(), min=1 / side)


class FourierImages:
    """A batch of images whose parameters are scaled Fourier coefficients.

    Parameters
    ----------
    count : int
        Number of images.
    side : int
        Their height and width, an even number of pixels.
    generator : torch.Generator
        Source of the initial coefficients (a CPU generator: the same images on every device).
    device : torch.device
        Where the coefficients live.

    Attributes
    ----------
    spectrum : Tensor
        count × 3 × side × (side // 2 + 1) × 2, real and imaginary parts, requires gradients.
    """

    def __init__(
        self, count: int, side: int, generator: torch.Generator, device: torch.device
    ) -> None:
        if side % 2:
            raise ValueError(f"side is {side}, wanted an even number of pixels")
        self._side = side
        self._scale = frequency_scale(side).to(device)[..., None]
        self._correlation = COLOUR_CORRELATION.to(device)
        shape = (count, 3, side, side // 2 + 1, 2)
        start = torch.randn(shape, generator=generator) * _INITIAL_SD
        self.spectrum = start.to(device).requires_grad_(True)

    def images(self) -> torch.Tensor:
        """The images: count × 3 × side × side, 0…1, differentiable."""
        coefficients = torch.view_as_complex(self.spectrum * self._scale)
        decorrelated = torch.fft.irfft2(coefficients, s=(self._side, self._side), norm="ortho")
        coloured = torch.einsum("rc,nchw->nrhw", self._correlation, decorrelated / _CONTRAST)
        return torch.sigmoid(coloured)
