"""What networks are given in place of RGB values of 0…1."""

from collections.abc import Sequence

import torch

from stimgen.models.network import Preprocess


def standardised(mean: Sequence[float], sd: Sequence[float]) -> Preprocess:
    """Images (N × 3 × H × W, 0…1) less the mean of each colour, in units of its sd."""
    means, sds = (torch.tensor(values)[:, None, None] for values in (mean, sd))
    return lambda images: (images - means.to(images)) / sds.to(images)


# By the colours of ImageNet's photographs, as networks that were trained on them expect.
imagenet_scaled = standardised((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
