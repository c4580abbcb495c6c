"""What the values of a traced network are like, seen while it runs."""

from dataclasses import dataclass

import torch
from torch import fx

from stimgen.layers.finding.modules import mark_of
from stimgen.layers.finding.order import changes
from stimgen.layers.finding.probe import Look, Probes
from stimgen.layers.finding.tokens import constants
from stimgen.layers.tracing import node_names, paths_of

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Values:
    """What the values of a graph are like.

    Attributes
    ----------
    shapes : dict
        Of each value, for square images, higher and wider ones; those whose first axis is the
        image.
    constant : dict
        Which of its elements are the same for all images.
    changed : dict
        How much it changes with a half of the image.
    marks : dict
        See :func:`stimgen.layers.finding.modules.mark_of`.
    outputs : tuple
        What the graph gives for each of the inputs.
    any_size : bool
        Whether they are of several sizes.
    """

    shapes: dict[fx.Node, tuple[Shape, ...]]
    constant: dict[fx.Node, torch.Tensor]
    changed: dict[fx.Node, tuple[torch.Tensor, torch.Tensor]]
    marks: dict[fx.Node, object]
    outputs: tuple[object, ...]
    any_size: bool


def look_at(graph: fx.GraphModule, probes: Probes) -> Values:
    """Run a graph on all inputs and see what its values are like."""
    runs: list[dict[fx.Node, Shape]] = []
    constant: dict[fx.Node, torch.Tensor] = {}
    marks: dict[fx.Node, object] = {}
    ends = set(last_of_modules(graph).values())

    def look(node: fx.Node, value: torch.Tensor) -> None:
        runs[-1][node] = tuple(value.shape)
        if len(runs) > 1:
            return
        if value.dim() == 3:
            constant[node] = constants(value)
        if node in ends:
            marks[node] = mark_of(value)

    changed: dict[fx.Node, tuple[torch.Tensor, torch.Tensor]] = {}

    def compare(node: fx.Node, value: torch.Tensor) -> None:
        if node in constant and len(value) == len(probes.halves):
            changed[node] = changes(value)

    outputs = []
    for one in probes.inputs:
        runs.append({})
        with torch.inference_mode():
            outputs.append(Look(graph, look).run(one))
    with torch.inference_mode():
        Look(graph, compare).run(probes.halves)
    counts = [(len(one),) for one in probes.inputs]
    shapes = {
        node: tuple(run[node] for run in runs)
        for node in runs[0]
        if all(run.get(node, ())[:1] == n for run, n in zip(runs, counts, strict=True))
    }
    return Values(shapes, constant, changed, marks, tuple(outputs), probes.any_size)


def last_of_modules(graph: fx.GraphModule) -> dict[str, fx.Node]:
    """The last operation of each module."""
    return {path: node for node in node_names(graph.graph) for path in paths_of(node)}
