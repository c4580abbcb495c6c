"""Networks and images, as the tests of this folder use them."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
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


def outputs(network: Network, side: int | None = None) -> torch.Tensor:
    """What a network gives for images of noise, by default of the side that it was made for."""
    return run(network, images(side or network.side))


def as_trained(of: torch.Tensor) -> torch.Tensor:
    """Images as networks trained on ImageNet take them, by the numbers that both packages have."""
    return normalize(of, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def small() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU(inplace=True))


def saved(path, content):
    torch.save(content, path)
    return path


def bytes_of(tmp_path, safe: bool) -> bytes:
    path = tmp_path / "whole"
    tensors = {"a": torch.ones(1000)}
    if safe:
        save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return path.read_bytes()
