"""Which operations are activation functions: units are read before them."""

import torch
import torch.nn.functional as F
from torch import fx, nn

_MODULES = (
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.PReLU,
    nn.RReLU,
    nn.ELU,
    nn.SELU,
    nn.CELU,
    nn.GELU,
    nn.SiLU,
    nn.Mish,
    nn.Hardswish,
    nn.Softplus,
)
# Of timm, which has its own beside PyTorch's. Gates (sigmoids) are no activation functions here:
# what they let through is a value of its own.
_OF_TIMM = {"GELU", "GELUTanh", "HardMish", "HardSwish", "Mish", "PReLU", "QuickGELU", "Swish"}
_FUNCTIONS = {
    F.relu, F.relu_, F.relu6, F.leaky_relu, F.leaky_relu_, F.prelu, F.rrelu, F.elu, F.elu_, F.selu,
    F.celu, F.gelu, F.silu, F.mish, F.hardswish, F.softplus, torch.relu, torch.relu_,
}  # fmt: skip
_METHODS = {"relu", "relu_"}
_PASSING_ON = {"dropout", "dropout2d", "alpha_dropout", "feature_alpha_dropout", "stochastic_depth"}


def is_activation_module(module: nn.Module) -> bool:
    """Whether a module is an activation function."""
    if type(module).__module__.startswith("timm.layers.activations"):
        return type(module).__name__ in _OF_TIMM
    return isinstance(module, _MODULES)


def is_activation(node: fx.Node, net: nn.Module) -> bool:
    """Whether an operation of a network is an activation function."""
    if node.op == "call_module":
        return is_activation_module(net.get_submodule(str(node.target)))
    if node.op == "call_method":
        return node.target in _METHODS
    return node.op == "call_function" and node.target in _FUNCTIONS


def passes_on(node: fx.Node, net: nn.Module) -> bool:
    """Whether an operation gives what it is given, in a network that is not being trained."""
    if node.op == "call_module":
        module = net.get_submodule(str(node.target))
        return isinstance(module, nn.Identity | nn.modules.dropout._DropoutNd)
    return node.op == "call_function" and node.target.__name__ in _PASSING_ON  # type: ignore[union-attr]
