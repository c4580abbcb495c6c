"""Images with the magnitudes of photographs, whose phases are optimised.

MACO: Fel et al. (2023), "Unlocking Feature Visualization for Deeper Networks with MAgnitude
Constrained Optimization", NeurIPS. The magnitude spectrum of every image is held at the mean of
natural images, so that no high frequencies can grow beyond what photographs have.
"""

import math

import torch

from conditions.study.recipes import ImageSize
from stimgen.pool.images import Pool
from stimgen.pool.loader import load_batches
from stimgen.synthetic.images.parameterisation import correlate_colours, decorrelated

# Images of the pool that the mean spectrum is measured on.
MEASURED = 256


def mean_magnitudes(images: torch.Tensor) -> torch.Tensor:
    """Mean magnitude spectrum of images, in the space whose inverse the parameterisation is.

    Parameters
    ----------
    images : Tensor
        N × 3 × side × side, 0…1.

    Returns
    -------
    Tensor
        3 × side × (side // 2 + 1): of the three decorrelated colour channels before the sigmoid.
    """
    return torch.fft.rfft2(decorrelated(images), norm="ortho").abs().mean(0)


def pool_magnitudes(pool: Pool, size: ImageSize) -> torch.Tensor:
    """Mean magnitude spectrum of photographs all over a pool, as they are shown.

    Returns
    -------
    Tensor
        3 × side × (side // 2 + 1), see :func:`mean_magnitudes`.
    """
    side = size.crop
    total, count = torch.zeros(3, side, side // 2 + 1), 0
    # Spread over the pool, whose order may be by class.
    step = max(1, len(pool) // MEASURED)
    for batch in load_batches(pool.every(step), size, 32, workers=0):
        images = batch.pixels[torch.from_numpy(batch.usable)].permute(0, 3, 1, 2).float() / 255
        if len(images):
            total += mean_magnitudes(images) * len(images)
            count += len(images)
    return total / max(1, count)


class MacoImages:
    """Images of given magnitudes, whose parameters are phases.

    Parameters
    ----------
    magnitudes : Tensor
        3 × side × (side // 2 + 1), see :func:`pool_magnitudes`.
    generators : list of torch.Generator
        One for each set of images, on the CPU.
    count : int
        Images in a set.
    device : torch.device
        Where the phases live.

    Attributes
    ----------
    parameters : Tensor
        (sets · count) × 3 × side × (side // 2 + 1): phases in radians.
    """

    def __init__(
        self,
        magnitudes: torch.Tensor,
        generators: list[torch.Generator],
        count: int,
        device: torch.device,
    ) -> None:
        self._magnitudes = magnitudes.to(device)
        self._side = magnitudes.shape[1]
        shape = (count, *magnitudes.shape)
        start = torch.cat([torch.rand(shape, generator=g) for g in generators])
        self.parameters = ((2 * start - 1) * math.pi).to(device).requires_grad_(True)

    def images(self) -> torch.Tensor:
        """The images: (sets · count) × 3 × side × side, 0…1, differentiable."""
        spectrum = torch.polar(self._magnitudes.expand_as(self.parameters), self.parameters)
        colours = torch.fft.irfft2(spectrum, s=(self._side, self._side), norm="ortho")
        return torch.sigmoid(correlate_colours(colours))
