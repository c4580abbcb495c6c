"""Images parameterised by their colour-decorrelated Fourier spectrum: the published recipe."""

import torch

from stimgen.synthetic.images.parameterisation import correlate_colours

_INITIAL_SD = 0.01
# Divides the image before the sigmoid; keeps early images from saturating (Lucid).
_CONTRAST = 4.0
# The mean colour, times what 1/f of one cycle an image gives it in Lucid. There a part of the
# colour that a unit does not want goes into the margin, whose corners are then seen; images without
# a margin would keep it as a blob in their midst, while the mean follows too slowly.
MEAN = 4.0


def frequency_scale(side: int) -> torch.Tensor:
    """Weight of each frequency: 1/f, with f of at least one cycle an image.

    Returns
    -------
    Tensor
        side × (side // 2 + 1), for a real two-dimensional Fourier transform.
    """
    vertical = torch.fft.fftfreq(side)[:, None]
    horizontal = torch.fft.rfftfreq(side)[None, :]
    return 1 / torch.clamp((vertical**2 + horizontal**2).sqrt(), min=1 / side)


class FourierImages:
    """Images whose parameters are Fourier coefficients, scaled by 1/f.

    Parameters
    ----------
    side : int
        Height and width of the images in pixels.
    generators : list of torch.Generator
        One for each set of images, on the CPU: the same images on every device, whatever other
        sets are beside them.
    count : int
        Images in a set.
    device : torch.device
        Where the coefficients live.
    mean : float
        Weight of the mean colour, in that of one cycle an image.

    Attributes
    ----------
    parameters : Tensor
        (sets · count) × 3 × side × (side // 2 + 1) × 2, real and imaginary parts.
    """

    def __init__(
        self,
        side: int,
        generators: list[torch.Generator],
        count: int,
        device: torch.device,
        mean: float = MEAN,
    ) -> None:
        self._side = side
        scale = frequency_scale(side) / _CONTRAST
        scale[0, 0] *= mean
        self._scale = scale.to(device)[..., None]
        shape = (count, 3, side, side // 2 + 1, 2)
        start = torch.cat([torch.randn(shape, generator=g) for g in generators]) * _INITIAL_SD
        self.parameters = start.to(device).requires_grad_(True)

    def images(self) -> torch.Tensor:
        """The images: (sets · count) × 3 × side × side, 0…1, differentiable."""
        coefficients = torch.view_as_complex(self.parameters * self._scale)
        decorrelated = torch.fft.irfft2(coefficients, s=(self._side, self._side), norm="ortho")
        return torch.sigmoid(correlate_colours(decorrelated))
