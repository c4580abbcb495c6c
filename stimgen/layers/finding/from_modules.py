"""The layers of a network that cannot be traced: its modules, seen from outside."""

from dataclasses import dataclass, field

import torch
from torch import nn

from stimgen.layers.activation_functions import is_activation_module
from stimgen.layers.finding.evidence import grows, layout_by_size, layout_of_vector
from stimgen.layers.finding.modules import watched
from stimgen.layers.finding.order import changes
from stimgen.layers.finding.probe import Probes
from stimgen.layers.finding.rules import layout_of_module
from stimgen.layers.finding.tokens import constants, placed
from stimgen.layers.layer import AFTER, Layer
from stimgen.layers.layout import Layout


@dataclass
class _Seen:
    """What a module gave: the shape of every call, what of it is the same in all images.

    ``activation`` is the path of the activation function that its value comes from, if one.
    """

    shapes: list[tuple[int, ...]] = field(default_factory=list)
    constant: torch.Tensor = field(default_factory=lambda: torch.ones(1, dtype=torch.bool))
    activation: str | None = None


def layers_of_modules(net: nn.Module, probes: Probes) -> dict[str, Layer]:
    """Layers by the path of their module, of those that are called once and give a tensor.

    A name means the value before an activation function where the module is one, or gives what
    one has given; with ``post:`` in front the value after.
    """
    seen: dict[str, _Seen] = {}
    for one in probes.inputs:
        _watch(net, one, seen)
    counts = [len(one) for one in probes.inputs]
    found: dict[str, Layout] = {}
    for path, what in seen.items():
        if [shape[:1] for shape in what.shapes] == [(n,) for n in counts]:
            layout = _layout(net.get_submodule(path), what)
            if layout is not None:
                found[path] = layout
    shapes = {path: seen[path].shapes[0] for path in found}
    constant = {path: seen[path].constant for path in found}
    found = placed(found, shapes, constant, _changed(net, probes), probes.any_size)
    layers: dict[str, Layer] = {}
    for path, layout in found.items():
        what, shape = seen[path], shapes[path][1:]
        channels = shape[layout.channel - 1]
        after = Layer(path, channels, (path,), layout)
        if what.activation is None:
            layers[path] = after
            continue
        layers[path] = Layer(path, channels, (what.activation,), layout, True)
        name = AFTER + path
        layers[name] = Layer(name, channels, (path,), layout)
    return layers


def _layout(module: nn.Module, what: _Seen) -> Layout | None:
    by_size = layout_by_size(what.shapes)
    by_module = layout_of_module(module, what.shapes[0])
    if by_size is None and not grows(what.shapes):
        return by_module or layout_of_vector(what.shapes[0])
    if by_size is not None and by_module is not None and by_size.channel != by_module.channel:
        return None
    return by_size


def _changed(net: nn.Module, probes: Probes) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """How much the values of modules that have two axes change with a half of the image."""
    changed: dict[str, tuple[torch.Tensor, torch.Tensor]] = {}

    def note(path: str, _: nn.Module, output: object) -> None:
        if isinstance(output, torch.Tensor) and output.dim() == 3:
            changed[path] = changes(output)

    with watched(net, note), torch.inference_mode():
        net(probes.halves)
    return changed


def _watch(net: nn.Module, inputs: torch.Tensor, seen: dict[str, _Seen]) -> None:
    """Run a network and note what its modules give."""
    outputs: dict[int, tuple[torch.Tensor, str]] = {}
    first = not seen

    def note(path: str, module: nn.Module, output: object) -> None:
        what = seen.setdefault(path, _Seen())
        if not isinstance(output, torch.Tensor) or not output.is_floating_point():
            what.shapes.append(())
            return
        what.shapes.append(tuple(output.shape))
        if is_activation_module(module):
            # The tensor is kept, so that no other one can have its identity.
            outputs[id(output)] = (output, path)
        if first:
            what.constant = constants(output)
            what.activation = outputs[id(output)][1] if id(output) in outputs else None

    with watched(net, note), torch.inference_mode():
        net(inputs)
