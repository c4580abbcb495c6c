"""Networks as people write them, each odd in a way of its own, are read right or refused."""

from dataclasses import dataclass

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from conditions.errors import StudyError
from stimgen.activations import layer_maps
from tests.stimgen.layers.nets import model_of

IMAGES = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(1))


class Odd(nn.Module):
    """Two convolutions and what the test puts between them."""

    def __init__(self, between=lambda net, x: x):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.last = nn.Conv2d(3, 6, 1), nn.Conv2d(6, 4, 1)
        self.between = between

    def forward(self, x):
        return self.last(self.between(self, self.first(x)))


def read(model, name, images=IMAGES):
    with torch.inference_mode():
        return layer_maps(model, images, [name])[name]


@dataclass
class Answer:
    logits: torch.Tensor
    hidden: tuple


class Named(dict):
    """As the outputs of libraries that can be asked by key and by attribute."""


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: Answer(x, (x, None)),
        lambda x: Named(logits=x, hidden=None),
        lambda x: (x, None, "as it is", 3),
        lambda x: {"p1": [x], "p2": (x,)},
    ],
)
def test_a_network_may_answer_in_any_form(answer):
    class Answering(Odd):
        def forward(self, x):
            return answer(super().forward(x))

    assert {"first", "last"} <= set(model_of(Answering()).layers)


def test_values_that_depend_on_other_images_are_refused():
    def over_images(_, x):
        return (x - x.mean(0, keepdim=True)) * 3

    with pytest.raises(StudyError, match="depends on the images beside it"):
        model_of(Odd(over_images))


def test_a_module_has_its_own_name_also_where_a_function_is_called_so():
    class Both(Odd):
        def __init__(self):
            super().__init__()
            self.relu_1, self.cat = nn.Conv2d(6, 6, 1), nn.Conv2d(12, 6, 1)

        def forward(self, x):
            x = F.relu(F.relu(self.first(x)) - 0.1)
            return self.last(F.relu(self.cat(torch.cat([x, self.relu_1(x)], 1))))

    net = Both()
    model = model_of(net)
    with torch.inference_mode():
        x = F.relu(F.relu(net.first(IMAGES)) - 0.1)
        both = torch.cat([x, net.relu_1(x)], 1)
        wanted = {"relu_1": net.relu_1(x), "cat": net.cat(both), "cat_1": both}
    assert "post:relu_1" not in model.layers
    for name, value in wanted.items():
        torch.testing.assert_close(read(model, name), value, msg=name)


def test_a_part_that_is_scripted_hides_itself_alone():
    net = Odd()
    net.add_module("within", torch.jit.script(nn.Sequential(nn.Conv2d(6, 6, 1), nn.ReLU())))
    net.between = lambda net, x: net.within(x)
    model = model_of(net)
    with torch.inference_mode():
        torch.testing.assert_close(read(model, "last"), net(IMAGES))


def test_what_does_not_come_from_the_image_is_no_layer():
    model = model_of(Odd(lambda _, x: torch.maximum(x, torch.zeros_like(x))))
    assert "zeros_like" not in model.layers
    assert "maximum" in model.layers


class Tokens(nn.Module):
    """Tokens that are no patches, before, after or among them."""

    def __init__(self, before, after, within=0):
        super().__init__()
        torch.manual_seed(0)
        self.stem, self.mix = nn.Conv2d(3, 8, 8, stride=8), nn.Linear(8, 5)
        self.before = nn.Parameter(torch.randn(1, before, 8))
        self.after = nn.Parameter(torch.randn(1, after, 8))
        self.within = within

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        n = x.shape[0]
        before, after = (one.expand(n, -1, -1) for one in (self.before, self.after))
        x = torch.cat([x[:, : self.within], before, x[:, self.within :], after], 1)
        return self.mix(x).mean(1)


@pytest.mark.parametrize(("before", "after"), [(1, 0), (0, 2), (1, 1)])
@pytest.mark.parametrize("side", [32, 96, 128])
def test_tokens_at_either_end_stay_apart_in_images_of_any_size(before, after, side):
    net = Tokens(before, after)
    model = model_of(net)
    images = torch.rand(2, 3, side, side)
    layer = model.layer("mix")
    with torch.inference_mode():
        wanted = net.mix(net.stem(images).movedim(1, -1)).movedim(-1, 1)
        first = net.mix(net.before if before else net.after)[:, 0]
        values = model.reader.read(net, images, [layer])[0]
    torch.testing.assert_close(read(model, "mix", images), wanted)
    torch.testing.assert_close(layer.layout.token(values, 0)[..., 0, 0], first.expand(2, -1))


def test_a_token_among_the_patches_is_known_in_images_of_one_size_alone():
    assert "mix" not in model_of(Tokens(1, 0, within=3)).layers
    model = model_of(Tokens(1, 0, within=3), side=32, only=True)
    assert model.layer("mix").layout.prefix == (3,)


@pytest.mark.parametrize("norm_first", [True, False])
def test_the_steps_of_an_encoder_are_read(norm_first):
    class Encoding(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            layer = nn.TransformerEncoderLayer(
                8, 2, 20, activation="gelu", batch_first=True, norm_first=norm_first
            )
            self.stem = nn.Conv2d(3, 8, 8, stride=8)
            self.encoder = nn.TransformerEncoder(
                layer, 2, nn.LayerNorm(8), enable_nested_tensor=False
            )

        def forward(self, x):
            return self.encoder(self.stem(x).flatten(2).transpose(1, 2))

    net = Encoding()
    model = model_of(net)
    kept = []
    net.encoder.layers[1].linear1.register_forward_hook(lambda *given: kept.append(given[2]))
    output = net(IMAGES)  # with hooks, so that it does not go its shorter way
    wanted = kept[0].transpose(1, 2).unflatten(2, (4, 4))
    torch.testing.assert_close(read(model, "encoder.layers.1.gelu"), wanted)
    after = read(model, "post:encoder.layers.1.gelu")
    torch.testing.assert_close(after, F.gelu(wanted))
    whole = output.transpose(1, 2).unflatten(2, (4, 4))
    torch.testing.assert_close(read(model, "encoder"), whole)


@pytest.mark.parametrize(("multiple", "least"), [(14, 14), (32, 32), (8, 200)])
def test_a_network_that_asks_for_certain_sides_is_tried_with_them(multiple, least):
    def strict(_, x):
        if min(x.shape[2:]) < least or x.shape[2] % multiple or x.shape[3] % multiple:
            raise ValueError(f"wanted a multiple of {multiple}")
        return x

    model = model_of(Odd(strict))
    assert model.side is None
    assert str(model.layer("last").layout) == "N×C×H×W"


def test_a_network_of_the_usual_side_is_found_to_have_it():
    net = nn.Sequential(nn.Conv2d(3, 4, 16, 16), nn.Flatten(), nn.Linear(4 * 14 * 14, 3))
    model = model_of(net)
    assert model.side == 224
    assert model.layer("2").channels == 3


@pytest.mark.parametrize("precision", [torch.float16, torch.bfloat16])
def test_a_network_in_half_precision_gives_means_in_single(precision):
    class Half(Odd):
        def forward(self, x):
            return super().forward(x.to(precision))

    net = Half().to(precision)
    found = read(model_of(net), "last")
    with torch.inference_mode():
        torch.testing.assert_close(found, net(IMAGES).float(), rtol=0.02, atol=0.02)
    assert found.dtype == torch.float32


def test_parts_are_concatenated_over_channels_however_that_is_written():
    def both(_, x):
        parts = [F.relu(input=x[:, :3]), F.dropout(input=F.gelu(x[:, 3:]), training=False)]
        return torch.concatenate(tensors=parts, dim=-3)

    net = Odd(both)
    model = model_of(net)
    with torch.inference_mode():
        first = net.first(IMAGES)
        after = both(net, first)
    torch.testing.assert_close(read(model, "concatenate"), first)
    torch.testing.assert_close(read(model, "post:concatenate"), after)


def test_a_network_may_ask_for_the_number_of_images():
    model = model_of(Odd(lambda _, x: x + len(x) - len(x)))
    assert "add" in model.layers  # which is none of a module's
    assert "len" not in globals()


@pytest.mark.parametrize("traceable", [True, False])
@pytest.mark.parametrize("order", ["reading", "columns", "windows"])
def test_patches_have_a_place_only_where_they_are_in_the_order_of_reading(order, traceable):
    class Ordered(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.stem, self.mix = nn.Conv2d(3, 8, 16, stride=16), nn.Linear(8, 5)

        def forward(self, x):
            x = self.stem(x if traceable or float(x.sum()) > 0 else -x)
            if order == "columns":
                x = x.transpose(2, 3)
            if order == "windows":
                n, c, h, w = x.shape
                x = x.view(n, c, h // 2, 2, w // 2, 2).transpose(3, 4)
            return self.mix(x.flatten(2).transpose(1, 2))

    layout = model_of(Ordered()).layer("mix").layout
    assert layout.side == (8 if order == "reading" else None)
