"""Layers are found and read as a person who knows the network would do it by hand."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from conditions.errors import StudyError
from stimgen.activations import activations_of, layer_maps
from stimgen.layers.graph import GraphReader
from stimgen.layers.hooks import Hooks
from stimgen.layers.layer import Layer
from tests.stimgen.layers.nets import (
    ChannelsLast,
    Inverted,
    Mixer,
    Overwriting,
    Residual,
    Transformer,
    model_of,
)

IMAGES = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def read(model, *names):
    with torch.inference_mode():
        return [layer_maps(model, IMAGES, [name])[name] for name in names]


def test_a_name_means_the_value_before_its_activation_function():
    torch.manual_seed(0)
    net = Residual()
    model = model_of(net)
    with torch.inference_mode():
        first = net.bn1(net.conv1(IMAGES))
        second = net.conv2(F.relu(first)) + (IMAGES - 1)
    for name, wanted in {
        "relu": first,
        "bn1": first,
        "post:relu": F.relu(first),
        "add": second,
        "relu_1": second,
        "post:relu_1": F.relu(second),
    }.items():
        (found,) = read(model, name)
        torch.testing.assert_close(found, wanted, msg=name)


def test_a_concatenation_of_activation_functions_is_read_before_them():
    torch.manual_seed(0)
    net = Inverted()
    model = model_of(net)
    with torch.inference_mode():
        one, three = net.one(IMAGES), net.three(IMAGES)
    before, after = read(model, "cat", "post:cat")
    torch.testing.assert_close(before, torch.cat([one, three], 1))
    torch.testing.assert_close(after, torch.cat([F.relu(one), F.gelu(three)], 1))


def test_what_lost_its_channels_is_no_layer():
    model = model_of(Inverted())
    assert "flatten" not in model.layers
    assert model.layer("head").channels == 7


@pytest.mark.parametrize("traceable", [True, False])
def test_what_is_kept_is_not_overwritten_later(traceable):
    torch.manual_seed(0)
    net = Overwriting(traceable)
    model = model_of(net)
    assert isinstance(model.reader, GraphReader if traceable else Hooks)
    with torch.inference_mode():
        wanted = net.bn(IMAGES) if traceable else net.bn(IMAGES - 0.5)
        alone = activations_of(model, IMAGES, {"bn": None})["bn"]
        beside = activations_of(model, IMAGES, dict.fromkeys(model.layers))["bn"]
    torch.testing.assert_close(alone, wanted.mean((2, 3)))
    assert torch.equal(alone, beside)
    assert traceable or wanted.min() < 0


def test_before_a_function_in_place_is_after_all_that_came_before_it():
    torch.manual_seed(0)
    net = Overwriting()
    model = model_of(net)
    with torch.inference_mode():
        wanted = (net.bn(IMAGES) - 0.5) * 2
    (found,) = read(model, "relu")
    torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize("name", ["norm", "up"])
def test_channels_that_come_last_are_channels(name):
    torch.manual_seed(0)
    net = ChannelsLast()
    model = model_of(net)
    assert str(model.layer(name).layout) == "N×H×W×C"
    assert model.layer(name).channels == (8 if name == "norm" else 6)
    with torch.inference_mode():
        wanted = net.norm(net.stem(IMAGES).permute(0, 2, 3, 1))
        wanted = net.up(wanted) if name == "up" else wanted
    (found,) = read(model, name)
    torch.testing.assert_close(found, wanted.permute(0, 3, 1, 2))


def test_columns_of_the_image_in_another_order_leave_the_mean_of_a_unit():
    """Of layers that look at one position at a time; of rows that are taken for channels not."""
    torch.manual_seed(0)

    class Pointwise(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.last, self.norm = nn.Conv2d(3, 6, 1), nn.Linear(6, 5), nn.LayerNorm(5)

        def forward(self, x):
            x = self.norm(self.last(self.conv(x).permute(0, 2, 3, 1)))
            return x.flatten(1, 2)

    model = model_of(Pointwise())
    order = torch.randperm(32)
    with torch.inference_mode():
        for name in ("conv", "last", "norm", "flatten"):
            if name in model.layers:
                straight = activations_of(model, IMAGES, {name: None})[name]
                mixed = activations_of(model, IMAGES[..., order], {name: None})[name]
                torch.testing.assert_close(mixed, straight, msg=name)
    assert {"conv", "last", "norm"} <= set(model.layers)


def test_tokens_that_are_no_patches_are_told_apart():
    torch.manual_seed(0)
    net = Transformer()
    model = model_of(net, side=32)
    layer = model.layer("fc1")
    assert (str(layer.layout), layer.layout.prefix, layer.layout.side) == ("N×T×C", (0, 1, 2), 4)
    with torch.inference_mode():
        n = len(IMAGES)
        x = net.stem(IMAGES).flatten(2).transpose(1, 2)
        x = torch.cat([net.first.expand(n, -1, -1), x], 1) + net.places
        y = net.norm(x)
        attended = net.attention(y, y, y)[0]
        x = x + attended
        hidden = net.fc1(net.norm(x))
    before, after, attention = read(model, "gelu", "post:gelu", "attention")
    patches = hidden[:, 3:].transpose(1, 2).unflatten(2, (4, 4))
    torch.testing.assert_close(before, patches)
    torch.testing.assert_close(after, F.gelu(patches))
    torch.testing.assert_close(attention, attended[:, 3:].transpose(1, 2).unflatten(2, (4, 4)))
    torch.testing.assert_close(layer.layout.token(hidden, 0)[..., 0, 0], hidden[:, 0])
    assert model.layer("head").channels == 5


def test_a_network_of_one_size_sees_all_images_at_that_size():
    model = model_of(Transformer(), side=32)
    assert model.side == 32
    with torch.inference_mode():
        large = F.interpolate(IMAGES, (64, 64), mode="nearest")
        found = activations_of(model, large, {"fc1": None})["fc1"]
        wanted = activations_of(model, model.fitted(large), {"fc1": None})["fc1"]
    assert torch.equal(found, wanted)
    with pytest.raises(StudyError, match="does not run on images"):
        model_of(Transformer(side=24))


def test_channels_that_mix_positions_do_not_change_what_they_are_added_to():
    torch.manual_seed(0)
    net = Mixer()
    model = model_of(net, side=32)
    assert model.layer("tokens").channels == 16
    with torch.inference_mode():
        x = net.stem(IMAGES).flatten(2).transpose(1, 2)
        x = x + net.tokens(x.transpose(1, 2)).transpose(1, 2)
    (found,) = read(model, "add")
    torch.testing.assert_close(found, x.transpose(1, 2).unflatten(2, (4, 4)))


def test_a_module_that_is_called_again_has_no_single_value():
    class Again(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Tanh())

        def forward(self, x):
            return self.block(self.block(x))

    model = model_of(Again())
    assert "block" not in model.layers
    first, second = read(model, "block.0", "block.0_1")
    assert not torch.equal(first, second)


def test_what_a_module_gives_is_its_value_and_not_its_last_operation():
    class Early(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = Inner()

        def forward(self, x):
            return self.inner(x) * 2

    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 1)

        def forward(self, x):
            first = self.conv(x)
            self.kept = first + 1
            return first

    model = model_of(Early())
    assert "inner" not in model.layers
    assert "inner.conv" in model.layers


def test_chance_is_refused():
    class Random(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 1)

        def forward(self, x):
            return F.dropout(self.conv(x))

    with pytest.raises(StudyError, match="gives other values for the same images"):
        model_of(Random())


def test_what_depends_on_the_images_in_python_is_read_by_hooks():
    class Deciding(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.act, self.head = nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Linear(4, 3)

        def forward(self, x):
            x = self.act(self.conv(x) if x.shape[2] > 2 and float(x.mean()) > -1 else x)
            return self.head(x.mean((2, 3)))

    torch.manual_seed(0)
    net = Deciding()
    model = model_of(net)
    assert isinstance(model.reader, Hooks)
    with torch.inference_mode():
        wanted = net.conv(IMAGES)
    before, after = read(model, "act", "post:act")
    torch.testing.assert_close(before, wanted)
    torch.testing.assert_close(after, F.relu(wanted))


def test_only_what_is_needed_is_run():
    ran = []
    net = nn.Sequential(*(nn.Conv2d(3, 3, 1) for _ in range(3)))
    graph = model_of(net)
    assert isinstance(graph.reader, GraphReader)
    for module in net:
        module.register_forward_hook(lambda module, *_: ran.append(module))
    layers = {"1": Layer("1", 3, ("1",))}
    for model in (graph, replace(graph, layers=layers, reader=Hooks(copies=True))):
        ran.clear()
        read(model, "1")
        # A hook that has seen enough stops the pass before others of the module are called.
        assert ran == [net[0], net[1]]
