"""Networks out of packages, as the tests of this folder use them."""

import pytest
import torch
from torchvision.transforms.functional import normalize

from conditions.errors import StudyError
from stimgen.models.network import Network


def loaded(load, name: str, *arguments, **others) -> Network:
    """The network, or a skipped test where its package is not installed."""
    try:
        return load(name, *arguments, **others)
    except StudyError as error:
        if "pip install" in str(error):
            pytest.skip(str(error))
        raise


def images(side: int, number: int = 2) -> torch.Tensor:
    return torch.rand(number, 3, side, side, generator=torch.Generator().manual_seed(0))


def run(network: Network, of: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return network.net(network.preprocess(of))


def as_trained(of: torch.Tensor) -> torch.Tensor:
    """Images as networks trained on ImageNet take them, by the numbers that both packages have."""
    return normalize(of, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
