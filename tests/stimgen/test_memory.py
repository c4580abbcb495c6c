"""Batches that do not fit into memory are halved; ranks are decided in full float32."""

import pytest
import torch

from stimgen.activations import activations_of
from stimgen.layers.layer import Layer
from stimgen.models.model import Model
from stimgen.out_of_memory import OutOfMemoryError


class Small(torch.nn.Module):
    """Runs out of memory with more than so many images, as PyTorch says it on either device."""

    def __init__(self, most: int, error: Exception) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 5, 3)
        self.most, self.error = most, error
        self.seen: list[tuple[int, bool]] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.seen.append((len(images), torch.backends.cudnn.allow_tf32))
        if len(images) > self.most:
            raise self.error
        return self.conv(images)


def model(most: int, error: Exception) -> Model:
    torch.manual_seed(0)
    layers = {"conv": Layer("conv", 5, ("conv",))}
    return Model("small", Small(most, error), lambda images: images, layers, "", "")


ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
    RuntimeError("DefaultCPUAllocator: can't allocate memory"),
]


@pytest.mark.parametrize("error", ERRORS)
def test_a_batch_that_does_not_fit_is_halved(error):
    images = torch.rand(7, 3, 8, 8)
    small, large = model(2, error), model(7, error)
    with torch.inference_mode():
        torch.testing.assert_close(
            activations_of(small, images, {"conv": None})["conv"],
            activations_of(large, images, {"conv": None})["conv"],
            rtol=0,
            atol=1e-6,
        )
    assert [count for count, _ in small.net.seen] == [7, 4, 2, 2, 3, 2, 1]


def test_a_single_image_that_does_not_fit_is_one_clear_line():
    with pytest.raises(OutOfMemoryError, match="out of memory on cpu: is another program using it"):
        activations_of(model(0, ERRORS[0]), torch.rand(4, 3, 8, 8), {"conv": None})


def test_other_errors_of_pytorch_stay_what_they_are():
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        activations_of(
            model(0, RuntimeError("mat1 and mat2")), torch.rand(4, 3, 8, 8), {"conv": None}
        )


def test_tf32_is_off_while_ranks_are_decided_and_back_afterwards():
    torch.backends.cudnn.allow_tf32 = True
    measured = model(9, ERRORS[0])
    activations_of(measured, torch.rand(1, 3, 8, 8), {"conv": None})
    assert measured.net.seen == [(1, False)]
    assert torch.backends.cudnn.allow_tf32
