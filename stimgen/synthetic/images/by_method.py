"""Which parameterisation a recipe's method is."""

from collections.abc import Callable
from functools import partial

import torch

from conditions.study.kinds.visualisation import Visualisation
from conditions.study.recipes import ImageSize
from stimgen.pool.scanned import ScannedPool, open_scanned
from stimgen.synthetic.images.fourier import STEEPER, FourierImages
from stimgen.synthetic.images.maco import MacoImages, pool_magnitudes
from stimgen.synthetic.images.parameterisation import Parameterisation

# Makes the images of sets from their generators and the number of images in a set.
MakeImages = Callable[[list[torch.Generator], int, torch.device], Parameterisation]


def parameterisation(
    recipe: Visualisation, size: ImageSize, pool: ScannedPool | None
) -> MakeImages:
    """Makes images by the recipe's method; a new one is a module and a case here.

    ``pool`` is that of the photographs whose spectrum MACO's images have; Fourier needs none.
    """
    if recipe.method == "fourier":
        steeper = STEEPER if recipe.learning == "falling" else 0.0
        return partial(FourierImages, size.crop, steeper=steeper)
    assert pool is not None  # spectrum_pool refuses a study that has none
    photographs = open_scanned(pool.path, size, pool.sha256)
    return partial(MacoImages, pool_magnitudes(photographs, size))
