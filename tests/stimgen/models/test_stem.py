"""The gradient through a first convolution is torch's, by our own way where that pays."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from stimgen.activations import layer_maps
from stimgen.models.registry import load_model
from stimgen.models.stem import QuickStem, quicken_stems


def stem(kernel=7, stride=2, channels=3, **how) -> nn.Conv2d:
    return nn.Conv2d(channels, 8, kernel, stride, **how).double().requires_grad_(False)


def quickened(net: nn.Module) -> nn.Module:
    net = deepcopy(net)
    quicken_stems(net)
    return net


def gradient(net: nn.Module, images: torch.Tensor, given: torch.Tensor | None = None):
    images = images.clone().requires_grad_(True)
    output = net(images)
    given = torch.ones_like(output) if given is None else given
    return torch.autograd.grad(output, images, given)[0]


# Inception's, ResNet's, AlexNet's, a vision transformer's and a ConvNeXt's; grey images, a kernel
# and a padding of two sizes, no bias, a stride beyond the kernel.
TAKEN = {
    "inception": stem(),
    "resnet": stem(padding=3),
    "alexnet": stem(11, 4, padding=2),
    "vit": stem(16, 16),
    "convnext": stem(4, 4),
    "grey": stem(5, 2, channels=1, padding=2),
    "oblong": stem((5, 8), 3, padding=(4, 1), bias=False),
    "skips": stem(4, 6, padding=1),
}


@pytest.mark.parametrize(("height", "width"), [(64, 64), (61, 70)])
@pytest.mark.parametrize("name", TAKEN)
def test_values_and_gradients_are_torchs(name, height, width):
    net, generator = TAKEN[name], torch.Generator().manual_seed(1)
    shape = (3, net.in_channels, height, width)
    images = torch.randn(shape, generator=generator, dtype=torch.float64)
    given = torch.randn(net(images).shape, generator=generator, dtype=torch.float64)
    ours = quickened(net)
    assert isinstance(ours, QuickStem)
    assert list(ours.state_dict()) == list(net.state_dict())
    assert ours(images.requires_grad_()).grad_fn.name() == "_StemBackward"
    torch.testing.assert_close(ours(images), net(images))
    torch.testing.assert_close(gradient(ours, images, given), gradient(net, images, given))


class OwnConvolution(nn.Conv2d):
    """One that does something besides."""

    def forward(self, input):
        return super().forward(input) * 2


def changed_later(**numbers) -> nn.Conv2d:
    """As networks are when somebody has given them another stride: torch takes a number."""
    net = stem()
    for name, value in numbers.items():
        setattr(net, name, value)
    return net


LEFT = {
    "stride a number": changed_later(stride=2),
    "stride in one pair of brackets": changed_later(stride=[2]),
    "padding a number": changed_later(padding=3),
    "small kernel": stem(3, 2),
    "stride 1": stem(7, 1),
    "two strides": stem(7, (2, 3)),
    "many channels": stem(channels=8),
    "dilated": stem(dilation=2),
    "in groups": stem(groups=2, channels=4),
    "padding by name": stem(padding="valid"),
    "complex": stem(dtype=torch.complex64),
    "reflected": stem(padding=3, padding_mode="reflect"),
    "of the network's own": OwnConvolution(3, 8, 7, 2).requires_grad_(False),
    "scaled": nn.utils.parametrizations.weight_norm(stem()),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_no_stem_or_does_not_pay_stays_what_it_is(name):
    assert not isinstance(quickened(LEFT[name]), QuickStem)


def test_weights_that_learn_and_images_by_themselves_are_left_to_torch():
    images = torch.randn(2, 3, 40, 40, dtype=torch.float64, requires_grad=True)
    ours = quickened(stem())
    torch.testing.assert_close(ours(images[0]), ours(images)[0])
    learns = ours.requires_grad_(True)
    learns(images).sum().backward()
    assert learns.weight.grad is not None


def test_in_mixed_precision_the_gradient_is_nearly_that_of_full():
    net = stem().float()
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    full = gradient(net, images)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = gradient(quickened(net), images)
    assert mixed.dtype == torch.float32
    torch.testing.assert_close(mixed, full, rtol=0, atol=0.02 * full.abs().max().item())


def test_maps_that_images_are_optimised_by_take_it(inception):
    ways = []
    module = inception.net.get_submodule("conv2d0_pre_relu_conv")
    handle = module.register_forward_hook(lambda *seen: ways.append(seen[-1].grad_fn))
    for learns in (True, False):
        layer_maps(inception, torch.rand(1, 3, 224, 224).requires_grad_(learns), ["mixed3a"])
    handle.remove()
    assert ways[0].name() == "_StemBackward"
    assert ways[1] is None


@pytest.mark.parametrize("name", ["resnet18", "vit_b_16", "alexnet"])
def test_networks_of_others_have_one(name):
    net = load_model(name, device="cpu", blank=True).net
    assert sum(isinstance(module, QuickStem) for module in net.modules()) == 1
