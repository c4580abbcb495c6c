"""Layers of public networks: every family of torchvision and some of timm, with random weights."""

import os
import zlib
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import nn

from stimgen.activations import activations_of
from stimgen.layers.activation_functions import is_activation_module
from stimgen.layers.layer import AFTER
from stimgen.models.model import Model
from stimgen.models.registry import load_model

pytestmark = pytest.mark.slow

# A small member of each family; with make test-thorough more of them.
NETWORKS = [
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3",
    "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_y_400mf", "resnet18",
    "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "vgg11_bn", "vit_b_32",
    "timm:convnextv2_atto", "timm:deit_tiny_distilled_patch16_224", "timm:ghostnet_100",
    "timm:levit_128s", "timm:mixer_s32_224", "timm:mobilevit_xxs", "timm:poolformer_s12",
    "timm:vit_small_patch16_dinov3", "timm:vit_tiny_patch16_224", "timm:xcit_nano_12_p16_224",
]  # fmt: skip
MORE = [
    "efficientnet_v2_s", "regnet_x_400mf", "resnet50", "resnext50_32x4d", "swin_v2_t", "vgg16",
    "wide_resnet50_2", "timm:resnetv2_50", "timm:swin_tiny_patch4_window7_224",
]  # fmt: skip
THOROUGH = "EXAMPLES" in os.environ
# Layers that are read alone and beside others.
SAMPLED = 12 if THOROUGH else 2

SIDE = 96
# Of images at the side that a network is shown: its patches, and the tokens that are none.
TOKENS = {
    "vit_b_32": (49, 1),
    "timm:deit_tiny_distilled_patch16_224": (196, 2),
    "timm:vit_small_patch16_dinov3": (36, 5),
    "timm:vit_tiny_patch16_224": (196, 1),
    "timm:xcit_nano_12_p16_224": (36, 1),
}


@dataclass
class Seen:
    """What hooks saw of a module: the mean of each channel, call by call.

    ``owner`` is the module that gave what it was given, if one did.
    """

    module: nn.Module
    owner: nn.Module | None = None
    given: list[torch.Tensor] = field(default_factory=list)
    gave: list[torch.Tensor] = field(default_factory=list)


@dataclass
class Read:
    """A network, what all of its layers are read as at once, and what its modules do."""

    model: Model
    images: torch.Tensor
    values: dict[str, torch.Tensor]
    seen: dict[str, Seen]


@pytest.fixture(scope="module", params=[*NETWORKS, *(MORE if THOROUGH else ())])
def network(request) -> Read:
    torch.manual_seed(0)
    model = load_model(request.param, blank=True, device="cpu")
    # Networks begin with zeros and ones that would hide what is left out or counted twice.
    for tensor in (*model.net.parameters(), *model.net.buffers()):
        if tensor.is_floating_point() and (tensor.dim() == 1 or not tensor.any()):
            tensor += torch.rand(tensor.shape) / 10
    images = torch.rand(2, 3, SIDE, SIDE)
    with torch.inference_mode():
        values = activations_of(model, images, dict.fromkeys(model.layers))
        assert all(value.isfinite().all() for value in values.values())
        return Read(model, images, values, watch(model, images))


def watch(model: Model, images: torch.Tensor) -> dict[str, Seen]:
    """What PyTorch's hooks see while the network runs as it is, before anything overwrites it."""
    seen = {path: Seen(module) for path, module in model.net.named_modules() if path}
    handles = []
    for one in seen.values():

        def before(module, given, one=one):
            if is_activation_module(module):
                one.owner = getattr(given[0], "owner", None)
                if one.owner is not None:
                    one.given.append(mean(one.owner, given[0], model.name))

        def after(module, given, output, one=one):
            owner = module if of_tensors(module) else one.owner
            if owner is not None:
                one.gave.append(mean(owner, output, model.name))
                output.owner = owner

        handles += [
            one.module.register_forward_pre_hook(before),
            one.module.register_forward_hook(after),
        ]
    inputs = model.preprocess(model.fitted(images)).contiguous(memory_format=torch.channels_last)
    model.net(inputs)
    for handle in handles:
        handle.remove()
    return seen


KNOWN = (
    nn.Conv2d, nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.Linear, nn.LayerNorm,
)  # fmt: skip


def of_tensors(module: nn.Module) -> bool:
    """Whether it is one of PyTorch's whose channels everybody knows, or made of such a one."""
    return isinstance(module, KNOWN) and not list(module.children())


def channels_of(module: nn.Module) -> int:
    if isinstance(module, nn.LayerNorm):
        return module.normalized_shape[-1]
    names = ("out_features", "out_channels", "num_features", "num_channels")
    return next(getattr(module, name) for name in names if hasattr(module, name))


def mean(module: nn.Module, value: torch.Tensor, name: str) -> torch.Tensor:
    """The mean of each channel as the module's documentation says where they are."""
    if value.dim() == 2:
        return value
    first = not isinstance(module, nn.Linear | nn.LayerNorm)
    if first or type(module).__name__ == "LayerNorm2d":
        return value.flatten(2).mean(2)
    patches, others = TOKENS.get(name, (0, 0))
    if value.shape[1] == patches + others:
        value = value[:, others:]
    return value.flatten(1, -2).mean(1)


def test_a_module_has_as_many_channels_as_it_says(network):
    wrong, known = [], 0
    for name, layer in network.model.layers.items():
        seen = network.seen.get(name.removeprefix(AFTER))
        if seen is not None and of_tensors(seen.module):
            known += 1
            if layer.channels != channels_of(seen.module):
                wrong.append(name)
    assert not wrong
    assert known > 5


def test_what_is_read_is_what_the_module_gives(network):
    compared, wrong = 0, []
    for path, seen in network.seen.items():
        if path not in network.model.layers or len(seen.gave) != 1:
            continue
        pairs = [(path, seen.gave[0])]
        if seen.given:
            pairs = [(path, seen.given[0]), (AFTER + path, seen.gave[0])]
        for layer, wanted in pairs:
            compared += 1
            found = network.values[layer]
            if found.shape != wanted.shape or not torch.allclose(found, wanted, 1e-5, 1e-6):
                wrong.append(layer)
    assert not wrong
    assert compared > 5


def test_a_layer_alone_is_the_same_as_beside_others(network):
    model, images = network.model, network.images
    rng = np.random.default_rng(zlib.crc32(model.name.encode()))
    for name in rng.choice(list(model.layers), SAMPLED, replace=False):
        others = dict.fromkeys(rng.choice(list(model.layers), 5, replace=False))
        with torch.inference_mode():
            alone = activations_of(model, images, {name: None})[name]
            beside = activations_of(model, images, {**others, name: None})[name]
        assert torch.equal(alone, beside), name
        assert torch.equal(alone, network.values[name]), name
