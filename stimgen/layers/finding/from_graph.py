"""The layers of a traced network: its operations and modules that give a value a channel."""

from dataclasses import dataclass, replace

from torch import fx, nn

from stimgen.layers.activation_functions import is_activation, passes_on
from stimgen.layers.finding.evidence import grows, layout_by_size, layout_of_vector
from stimgen.layers.finding.modules import Modules
from stimgen.layers.finding.rules import (
    CONCATENATING,
    Known,
    Told,
    layout_by_operation,
    layout_by_use,
)
from stimgen.layers.finding.tokens import placed
from stimgen.layers.finding.values import Values, last_of_modules
from stimgen.layers.layer import AFTER, Layer
from stimgen.layers.layout import Layout
from stimgen.layers.tracing import node_names

Shape = tuple[int, ...]

# What only arranges values anew: they are those of what it is given.
_ARRANGING = {
    "flatten", "view", "reshape", "permute", "transpose", "contiguous", "unflatten", "squeeze",
    "unsqueeze", "expand", "chunk", "split", "unbind", "getattr", "size", "getitem", "clone",
    "detach", "to", "type", "float", "double", "half", "bfloat16", "movedim", "swapaxes", "narrow",
    "select", "roll", "pad",
}  # fmt: skip
# What takes only the size of what it is given.
_SIZES = {
    "getattr", "size", "zeros_like", "ones_like", "full_like", "empty_like", "rand_like",
    "randn_like", "new_zeros", "new_ones", "new_full", "new_empty", "new_tensor",
}  # fmt: skip
_RESHAPING = {"flatten", "view", "reshape", "unflatten"}


@dataclass(frozen=True)
class _Value:
    """Where a layer's value is read, see :class:`Layer`, and its layout."""

    sources: tuple[fx.Node, ...]
    takes_input: bool
    layout: Layout
    shape: tuple[int, ...]


def layers_of_graph(
    graph: fx.GraphModule, net: nn.Module, values: Values, seen: Modules
) -> dict[str, Layer]:
    """Layers by name, in the order of the forward pass.

    A module's name means what it gives; an operation inside a module is called as
    :func:`~stimgen.layers.tracing.node_names` says, where no module gives the same value. Where
    a value has gone through an activation function, its name means the value before, and the name
    with ``post:`` in front the value after.
    """
    shapes = {node: found[0] for node, found in values.shapes.items()}
    found = _layouts(graph, net, values.shapes)
    layouts = placed(found, shapes, values.constant, values.changed, values.any_size)
    find = _Finder(net, layouts, shapes)
    order = {node: place for place, node in enumerate(graph.graph.nodes)}
    names = node_names(graph.graph)
    named = [
        (order[node], 0 if node.op == "call_module" else 2, name, _first(node))
        for node, name in names.items()
        if (node.op == "call_module" or _operation(node) not in _ARRANGING)
        and not passes_on(node, net)
    ]
    operations = set(names.values())
    named += [
        (order[node], 1, path, node)
        for path, node in last_of_modules(graph).items()
        # Called once, and what it gives is that operation's value.
        if path not in operations and seen.given.get(path) == [values.marks.get(node)]
    ]
    of_modules = {find.before(node) for _, kind, _, node in named if kind < 2}
    layers: dict[str, Layer] = {}
    for _, kind, name, node in sorted(named, key=lambda one: one[:3]):
        before, after = find.before(node), find.after(node)
        if before is None or after is None or (kind == 2 and before in of_modules):
            continue
        if name.startswith(AFTER):  # a module of that name: what it means is taken
            continue
        layers[name] = _layer(name, before)
        if after != before:
            layers[AFTER + name] = _layer(AFTER + name, after)
    return layers


class _Finder:
    """Finds the values that names mean, of what has a layout."""

    def __init__(self, net: nn.Module, layouts: dict[fx.Node, Layout], shapes: dict) -> None:
        self._net, self._layouts, self._shapes = net, layouts, shapes

    def after(self, node: fx.Node) -> _Value | None:
        if node not in self._layouts:
            return None
        return _Value((node,), False, self._layouts[node], self._shapes[node][1:])

    def before(self, node: fx.Node) -> _Value | None:
        """The value before the activation functions that it went through, if it did."""
        value = self.after(node)
        if value is None:
            return None
        ends = [self._activation(one) for one in self._parts(node)]
        sources = tuple(one for one in ends if one is not None)
        layouts = {self._layouts.get(one.all_input_nodes[0]) for one in sources}
        layout = layouts.pop() if len(layouts) == 1 else None
        if len(sources) < len(ends) or layout is None:
            return value
        return _Value(sources, True, layout, value.shape)

    def _parts(self, node: fx.Node) -> list[fx.Node]:
        """The values that are concatenated over channels, or the value itself."""
        if _operation(node) not in CONCATENATING:
            return [node]
        given = node.args[0] if node.args else node.kwargs.get("tensors")
        axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
        if not isinstance(given, list | tuple) or not isinstance(axis, int):
            return [node]
        if axis % (len(self._shapes[node])) != self._layouts[node].channel:
            return [node]
        return [one for one in given if isinstance(one, fx.Node)]

    def _activation(self, node: fx.Node) -> fx.Node | None:
        """The activation function that a value comes from, through what passes it on."""
        while passes_on(node, self._net) and node.all_input_nodes:
            node = node.all_input_nodes[0]
        return node if is_activation(node, self._net) and node.all_input_nodes else None


def _layer(name: str, value: _Value) -> Layer:
    return Layer(
        name,
        _channels(value),
        tuple(node.name for node in value.sources),
        value.layout,
        value.takes_input,
    )


def _channels(value: _Value) -> int:
    """Channels of a value, whose shape leaves the axis of images out."""
    return value.shape[value.layout.channel - 1]


def _operation(node: fx.Node) -> str:
    return getattr(node.target, "__name__", str(node.target)).rstrip("_")


def _first(node: fx.Node) -> fx.Node:
    """The first of several values that a module gives, as attention does."""
    for user in node.users:
        if _operation(user) == "getitem" and user.args[1] == 0:
            return user
    return node


def _layouts(
    graph: fx.GraphModule, net: nn.Module, shapes: dict[fx.Node, tuple[Shape, ...]]
) -> dict[fx.Node, Layout]:
    """Layouts of all values that have one: by size, else by operation, else by use.

    None where size and operation differ.
    """
    told: dict[fx.Node, Told] = {}
    known = Known(told, {node: found[0] for node, found in shapes.items()})
    of_image: set[fx.Node] = set()
    for node in graph.graph.nodes:
        # What does not come from the image is a part of the network, as a position's embedding is;
        # nor does what only has its size.
        given = not of_image.isdisjoint(node.all_input_nodes)
        if node.op == "placeholder" or (given and _operation(node) not in _SIZES):
            of_image.add(node)
        if node not in shapes or node not in of_image or node.op == "placeholder":
            continue
        by_size, by_rule = layout_by_size(shapes[node]), layout_by_operation(node, net, known)
        if by_size is None and by_rule is None:
            used = layout_by_use(node, net, shapes[node][0])
            by_rule = Told(used) if used else None
        if by_size is None and by_rule is None and not grows(shapes[node]):
            by_size = _of_vector(node, shapes)
        if by_size is None:
            if by_rule is not None and not _lost(by_rule.layout, shapes[node]):
                told[node] = by_rule
        elif by_rule is None:
            told[node] = Told(by_size)
        elif by_rule.layout.channel == by_size.channel:
            told[node] = replace(by_rule, layout=by_size)
    return {node: one.layout for node, one in told.items()}


def _lost(layout: Layout, shapes: tuple) -> bool:
    """Whether the axis that is taken for channels changes with the size of the image."""
    return len({shape[layout.channel] for shape in shapes}) > 1


def _of_vector(node: fx.Node, shapes: dict) -> Layout | None:
    """The layout of one number a channel; not of a map that was flattened."""
    shape = shapes[node][0]
    if _operation(node) in _RESHAPING:
        given = [one for one in node.all_input_nodes if one in shapes]
        if not given or sum(size > 1 for size in shapes[given[0]][0][1:]) > 1:
            return None
    return layout_of_vector(shape)
