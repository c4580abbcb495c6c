"""Values of operations, read by running the part of a network's graph that leads to them."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import fx, nn

from stimgen.layers.layer import Layer
from stimgen.layers.tracing import writes

# Cuts of the graph that are kept; a study reads its layers together, then one by one.
_KEPT = 32

# An operation by its name in the graph, and whether what it is given is meant.
Tap = tuple[str, bool]


class GraphReader:
    """Reads values of the operations of a traced network.

    What is read is copied where it arises, so that no later operation can change it.

    Parameters
    ----------
    graph : fx.GraphModule
        The traced network.
    """

    def __init__(self, graph: fx.GraphModule) -> None:
        self._graph = graph
        self._cut = lru_cache(maxsize=_KEPT)(self._make_cut)

    def read(
        self, net: nn.Module, inputs: torch.Tensor, layers: Sequence[Layer]
    ) -> list[torch.Tensor]:
        """See :class:`stimgen.layers.layer.Reader`."""
        taps = tuple(
            dict.fromkeys((name, layer.takes_input) for layer in layers for name in layer.sources)
        )
        values = dict(zip(taps, self._cut(taps, inputs.device)(inputs), strict=True))
        return [
            layer.joined([values[name, layer.takes_input] for name in layer.sources])
            for layer in layers
        ]

    def _make_cut(self, taps: tuple[Tap, ...], device: torch.device) -> fx.GraphModule:
        """The graph up to the last tap, without what no tap needs."""
        cut = fx.Graph()
        copies: dict[fx.Node, fx.Node] = {}
        kept: dict[Tap, fx.Node] = {}
        for node in self._graph.graph.nodes:
            before, after = (node.name, True), (node.name, False)
            if before in taps:
                # Not where it arose: what is in between may have worked in place.
                kept[before] = cut.call_method("clone", (copies[node.all_input_nodes[0]],))
            copies[node] = cut.node_copy(node, lambda one: copies[one])
            if after in taps:
                kept[after] = cut.call_method("clone", (copies[node],))
            if len(kept) == len(taps):
                break
        cut.output([kept[tap] for tap in taps])
        module = fx.GraphModule(self._graph, cut)
        module.graph.eliminate_dead_code(lambda node: node.is_impure() or writes(node))
        module.recompile()
        # Tensors that the network makes itself were made where it was traced.
        return module.to(device)
