"""Small sets of images that the tests of feature visualisation optimise."""

import torch

from stimgen.synthetic.images.fourier import FourierImages
from stimgen.synthetic.optimising.objective import UnitObjective
from stimgen.synthetic.optimising.optimise import ImageSet

SIDE = 64
CPU = torch.device("cpu")


def fourier(generators, count, device) -> FourierImages:
    return FourierImages(SIDE, generators, count, device)


def image_set(channel: int, pole: str = "max", diversity: float = 0.5, seed: int = 1) -> ImageSet:
    return ImageSet(f"unit_{channel:04d}", UnitObjective(channel, pole, diversity), seed)
