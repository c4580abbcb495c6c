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

# What images that learn at a falling rate have more of the fall, and the frequency that weighs as
# before, in cycles a pixel. After 640 steps images of a late layer of EfficientNet-Lite0 have seven
# tenths of the fine detail that they have at 1/f, of an early one nine tenths; they drive units by
# 1 % less.
STEEPER = 0.2
_AS_BEFORE = 1 / 7


def frequency_scale(side: int, steeper: float = 0.0) -> torch.Tensor:
    """Weight of each frequency: 1/f, with f of at least one cycle an image.

    Parameters
    ----------
    side : int
        Height and width of the images in pixels.
    steeper : float, optional
        Added to the exponent of 1/f; what has seven pixels a cycle weighs the same.

    Returns
    -------
    Tensor
        side × (side // 2 + 1), for a real two-dimensional Fourier transform.
    """
    vertical = torch.fft.fftfreq(side)[:, None]
    horizontal = torch.fft.rfftfreq(side)[None, :]
    frequency = torch.clamp((vertical**2 + horizontal**2).sqrt(), min=1 / side)
    return (_AS_BEFORE / frequency) ** steeper / frequency


class FourierImages:
    """Images whose parameters are Fourier coefficients, scaled by 1/f or what falls steeper.

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
    steeper : float
        See :func:`frequency_scale`.

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
        steeper: float = 0.0,
    ) -> None:
        self._side = side
        scale = frequency_scale(side, steeper) / _CONTRAST
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
