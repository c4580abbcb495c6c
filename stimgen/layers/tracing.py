"""The graph of a network: every operation of its forward pass, with a name."""

import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import fx, nn

from stimgen.layers.activation_functions import is_activation_module
from stimgen.layers.encoders import ENCODERS


class _Tracer(fx.Tracer):
    """Goes into all modules but PyTorch's own, activation functions, and those it is told of."""

    def __init__(
        self, leaves: tuple[type[nn.Module], ...], functions: tuple[Callable, ...]
    ) -> None:
        wrapped = [math] + ([sys.modules["torchvision.ops"]] if _has("torchvision.ops") else [])
        super().__init__(tuple(wrapped), functions)  # type: ignore[arg-type]  # any number of them
        self._leaves = leaves

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        if isinstance(m, self._leaves) or is_activation_module(m):
            return True
        return type(m) not in ENCODERS and super().is_leaf_module(m, module_qualified_name)

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple, kwargs: dict[str, Any]
    ) -> Any:
        if not isinstance(m, self._leaves) and type(m) in ENCODERS:
            forward = partial(ENCODERS[type(m)], m)
        return super().call_module(m, forward, args, kwargs)


def graphs(net: nn.Module) -> Iterator[fx.GraphModule]:
    """The network's graph, traced in the ways that there are; none where it cannot be traced.

    A graph shares modules and tensors with the network. Whether it does the same has to be tried:
    what depends on the images in Python alone was decided while it was traced.
    """
    for leaves, functions in _ways():
        tracer = _Tracer(leaves, functions)
        try:
            with _recording(net):
                graph = tracer.trace(net)
            yield fx.GraphModule(net, graph)
        except Exception:  # a network's own code may raise anything here
            continue


@contextmanager
def _recording(net: nn.Module) -> Iterator[None]:
    """Let a network's own code ask for ``len`` of a value while it is traced."""

    def length(value: Any) -> Any:
        return value.size(0) if isinstance(value, fx.Proxy) else len(value)

    forwards = [getattr(type(module), "forward", None) for module in net.modules()]
    spaces = {id(space): space for one in forwards if (space := getattr(one, "__globals__", None))}
    patched = [space for space in spaces.values() if "len" not in space]
    for space in patched:
        space["len"] = length
    try:
        yield
    finally:
        for space in patched:
            del space["len"]


def node_names(graph: fx.Graph) -> dict[fx.Node, str]:
    """A name for each operation: the path of its module, and for functions what they are.

    As in torchvision's feature extraction: ``layer1.0.conv2`` for a module, ``layer1.0.add`` for a
    function or method, and where a module uses one again, ``layer1.0.relu_1``, ``…_2``. What is
    also the path of a module means the module's first call.
    """
    names: dict[fx.Node, str] = {}
    used: dict[str, int] = {}
    of_modules = {path for node in graph.nodes for path in paths_of(node)}
    taken: set[str] = set()
    for node in graph.nodes:
        if node.op not in ("call_module", "call_function", "call_method"):
            continue
        if node.op == "call_module":
            name = str(node.target)
        else:
            path = next(reversed(_stack(node)), "")
            name = f"{path}.{operation(node)}" if path else operation(node)
        found = name
        while found in taken or (found in of_modules and (node.op, found) != ("call_module", name)):
            used[name] = used.get(name, 0) + 1
            found = f"{name}_{used[name]}"
        taken.add(found)
        names[node] = found
    return names


def operation(node: fx.Node) -> str:
    """What a function or method is called."""
    return re.sub(r"_\d+$", "", node.name)


def paths_of(node: fx.Node) -> list[str]:
    """Paths of the modules that an operation is part of, the outermost first."""
    return [path for path in _stack(node) if path]


def _stack(node: fx.Node) -> dict[str, Any]:
    stack = node.meta.get("nn_module_stack") or {}
    # Keys of modules that are called again have a suffix.
    return {path: kind for _, (path, kind) in stack.items()}


def _ways() -> list[tuple[tuple[type[nn.Module], ...], tuple[Callable, ...]]]:
    whole = tuple(ENCODERS)
    if not _has("timm"):
        return [((), ()), (whole, ())]
    from timm.layers import get_notrace_functions, get_notrace_modules

    leaves, functions = tuple(get_notrace_modules()), tuple(get_notrace_functions())
    # Those that end in an activation function are opened, where that can be done: the value before
    # it is inside.
    opened = tuple(kind for kind in leaves if "Act" not in kind.__name__)
    return [(opened, functions), (leaves, functions), ((*leaves, *whole), functions)]


def _has(module: str) -> bool:
    """Whether a package is in use: what the network is made of has been imported with it."""
    return module in sys.modules


def writes(node: fx.Node) -> bool:
    """Whether an operation may change a value that it is given."""
    if node.kwargs.get("inplace") or node.kwargs.get("out") is not None:
        return True
    name = str(node.target) if node.op == "call_method" else getattr(node.target, "__name__", "")
    in_place = name.endswith("_") and not name.endswith("__")
    return in_place or name in _WRITING or any(value is True for value in node.args[1:])


_WRITING = {"setitem", "__setitem__", "iadd", "isub", "imul", "itruediv", "iand", "ior", "ixor"}


def same(one: object, other: object) -> bool:
    """Whether two outputs of a network, tensors in any structure, are the same numbers."""
    ours, theirs = tensors_in(one), tensors_in(other)
    return len(ours) == len(theirs) and all(
        a.shape == b.shape and torch.allclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True)
        for a, b in zip(ours, theirs, strict=True)
    )


def tensors_in(output: object) -> list[torch.Tensor]:
    """The tensors of what a network gives: of containers, and of objects that name them."""
    if isinstance(output, torch.Tensor):
        return [output]
    if isinstance(output, Mapping):
        parts = list(output.values())
    elif isinstance(output, list | tuple):
        parts = list(output)
    else:
        parts = list(getattr(output, "__dict__", {}).values())
    return [tensor for part in parts for tensor in tensors_in(part)]
