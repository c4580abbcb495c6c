"""Layouts that follow from what an operation is: where the size of the image cannot decide."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import fx, nn

from stimgen.layers.activation_functions import is_activation, passes_on
from stimgen.layers.layer import CHANNELS_FIRST
from stimgen.layers.layout import Layout

Shape = tuple[int, ...]

_OVER_MAPS = (
    nn.Conv2d, nn.ConvTranspose2d, nn.BatchNorm2d, nn.SyncBatchNorm, nn.InstanceNorm2d,
    nn.GroupNorm, nn.LocalResponseNorm, nn.MaxPool2d, nn.AvgPool2d, nn.LPPool2d,
    nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d, nn.Upsample, nn.PixelShuffle, nn.ZeroPad2d,
)  # fmt: skip
_MAP_FUNCTIONS = {
    F.conv2d, F.conv_transpose2d, F.batch_norm, F.group_norm, F.instance_norm, F.max_pool2d,
    F.avg_pool2d, F.lp_pool2d, F.adaptive_avg_pool2d, F.adaptive_max_pool2d, F.interpolate,
    F.local_response_norm, F.pixel_shuffle, torch.conv2d, torch.batch_norm, torch.group_norm,
}  # fmt: skip
_OVER_LINES = (nn.Conv1d, nn.BatchNorm1d, nn.MaxPool1d, nn.AvgPool1d)
_OVER_LAST = (nn.Linear, nn.LayerNorm, nn.RMSNorm, nn.MultiheadAttention)
_LAST_FUNCTIONS = {F.linear, F.layer_norm, F.rms_norm, torch.layer_norm, torch.rms_norm}
_BY_ELEMENT = {
    "add", "add_", "iadd", "sub", "sub_", "mul", "mul_", "imul", "div", "div_", "truediv", "neg",
    "sigmoid", "hardsigmoid", "tanh", "clone", "contiguous", "clamp", "square", "to", "float",
    "stochastic_depth", "drop_path", "type_as", "type", "detach", "exp", "abs", "pow", "sqrt",
}  # fmt: skip
CONCATENATING = {"cat", "concat", "concatenate"}
_ELEMENT_MODULES = (nn.Sigmoid, nn.Hardsigmoid, nn.Tanh)
# Mix tokens, and give them the axes that they had.
_LIKE_INPUT = (nn.TransformerEncoder, nn.TransformerEncoderLayer)


@dataclass(frozen=True)
class Told:
    """A layout, and whether its channels are mixtures of positions (a token-mixing layer's)."""

    layout: Layout
    mixes: bool = False


@dataclass(frozen=True)
class Known:
    """What is known so far: layouts of values, and the shapes of all."""

    told: Mapping[fx.Node, Told]
    shapes: Mapping[fx.Node, Shape]


def layout_by_operation(node: fx.Node, net: nn.Module, known: Known) -> Told | None:
    """The layout that a value has because of the operation that it comes from, or None.

    Parameters
    ----------
    node : fx.Node
        The operation.
    net : Module
        The network, for what its modules are.
    known : Known
        What is known of earlier values.
    """
    shape = known.shapes[node]
    module = net.get_submodule(str(node.target)) if node.op == "call_module" else None
    function = node.target if node.op == "call_function" else None
    name = getattr(node.target, "__name__", str(node.target))
    given = [one for one in node.all_input_nodes if one in known.told]
    before = known.told[given[0]] if given else None
    if isinstance(module, _OVER_LAST) or function in _LAST_FUNCTIONS:
        return _over_last(shape, before)
    if function in _MAP_FUNCTIONS:
        return Told(CHANNELS_FIRST) if len(shape) == 4 else None
    if name == "getitem" and node.all_input_nodes[0].op == "call_module":
        # Attention gives its values and its weights.
        module = net.get_submodule(str(node.all_input_nodes[0].target))
    by_module = None if module is None else layout_of_module(module, shape)
    if by_module is not None:
        return Told(by_module)
    if name in ("permute", "transpose", "swapaxes"):
        return _turned(node, len(shape), before)
    if name in ("flatten", "reshape", "view") and before is not None:
        return _flattened(shape, known.shapes[given[0]], before)
    if name in CONCATENATING:
        return _agreed([one for one in given if len(known.shapes[one]) == len(shape)], known)
    if (
        is_activation(node, net)
        or passes_on(node, net)
        or isinstance(module, (*_ELEMENT_MODULES, *_LIKE_INPUT))
        or (module is None and name in _BY_ELEMENT)
    ):
        return _agreed([one for one in given if known.shapes[one] == shape], known)
    return None


def layout_by_use(node: fx.Node, net: nn.Module, shape: Shape) -> Layout | None:
    """The layout that a value has because of what it is given to, or None.

    What a convolution or a pooling of maps takes is maps, wherever they come from: out of windows,
    for example, in a network that takes one size of images only.
    """
    if len(shape) != 4:
        return None
    for user in node.users:
        is_its_input = bool(user.args) and user.args[0] is node
        module = net.get_submodule(str(user.target)) if user.op == "call_module" else None
        if is_its_input and (isinstance(module, _OVER_MAPS) or user.target in _MAP_FUNCTIONS):
            return CHANNELS_FIRST
    return None


def layout_of_module(module: nn.Module, shape: Shape) -> Layout | None:
    """The layout of what one of PyTorch's own modules gives, or None for others."""
    if isinstance(module, _OVER_MAPS):
        return CHANNELS_FIRST if len(shape) == 4 else None
    if isinstance(module, _OVER_LINES) and len(shape) == 3:
        return Layout(1, tokens=2)
    if type(module) in _OVER_LAST:
        return _over_last(shape, None).layout
    return None


def _over_last(shape: Shape, before: Told | None) -> Told:
    """Of what works on the last axis, whatever the others are."""
    last = len(shape) - 1
    if last == 1:
        return Told(Layout(1))
    mixes = before is not None and (before.mixes or before.layout.channel != last)
    if last == 2:
        return Told(Layout(2, tokens=1), mixes)
    if before is not None and before.layout.channel == last:
        return Told(before.layout, mixes)
    # Windows and what is in them: positions without a place.
    return Told(Layout(last), mixes)


def _turned(node: fx.Node, count: int, before: Told | None) -> Told | None:
    """Of a value whose axes change places."""
    axes = node.args[1:]
    if len(axes) == 1 and isinstance(axes[0], tuple | list):
        axes = tuple(axes[0])
    whole = [axis % count for axis in axes if isinstance(axis, int)]
    if before is None or len(whole) < len(axes):
        return None
    order = list(range(count))
    if len(whole) == count and sorted(whole) == order:
        order = whole
    elif len(whole) == 2:
        order[whole[0]], order[whole[1]] = whole[1], whole[0]
    else:
        return None
    if order[0] != 0:
        return None
    layout = before.layout
    rows, columns, tokens = (
        None if axis is None else order.index(axis)
        for axis in (layout.rows, layout.columns, layout.tokens)
    )
    channel = order.index(layout.channel)
    turned = replace(layout, channel=channel, rows=rows, columns=columns, tokens=tokens)
    return Told(turned, before.mixes)


def _flattened(shape: Shape, maps: Shape, before: Told) -> Told | None:
    """Of maps that become tokens; what loses its positions is not read."""
    layout = before.layout
    if layout == CHANNELS_FIRST and shape == (*maps[:2], maps[2] * maps[3]):
        return Told(Layout(1, tokens=2), before.mixes)
    channels_last = Layout(channel=3, rows=1, columns=2)
    if layout == channels_last and shape == (maps[0], maps[1] * maps[2], maps[3]):
        return Told(Layout(2, tokens=1), before.mixes)
    return None


def _agreed(operands: list[fx.Node], known: Known) -> Told | None:
    """What the operands of an operation on elements agree on.

    Where channels that are mixtures of positions are added to plain ones, as in an MLP-mixer,
    the sum has the latter's.
    """
    told = [known.told[one] for one in operands]
    plain = [one for one in told if not one.mixes] or told
    if not plain or any(one.layout.channel != plain[0].layout.channel for one in plain):
        return None
    # Of those the one that says most of the positions.
    return max(plain, key=lambda one: (one.layout.rows is not None, one.layout.tokens is not None))
