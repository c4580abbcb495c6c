"""Which layers a network has: found by running it, not by guessing from names or classes."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from conditions.errors import StudyError
from stimgen.layers.finding.from_graph import layers_of_graph
from stimgen.layers.finding.from_modules import layers_of_modules
from stimgen.layers.finding.modules import Modules
from stimgen.layers.finding.probe import Probes, probes_for
from stimgen.layers.finding.values import look_at
from stimgen.layers.graph import GraphReader
from stimgen.layers.hooks import Hooks
from stimgen.layers.layer import Layer, Reader
from stimgen.layers.tracing import graphs, same, tensors_in


@dataclass(frozen=True)
class Found:
    """What was found out of a network.

    Attributes
    ----------
    layers : dict of str to Layer
        Its layers in the order of the forward pass.
    reader : Reader
        What reads them.
    side : int or None
        The side in pixels of its input, where it takes no other.
    memory_format : torch.memory_format
        How images and weights are to lie in memory: channels last, which is faster, but where the
        network's own code asks for another order, as ``x.view(len(x), -1)`` does.
    """

    layers: dict[str, Layer]
    reader: Reader
    side: int | None
    memory_format: torch.memory_format = torch.channels_last


def discover(
    net: nn.Module,
    prepare: Callable[[torch.Tensor], torch.Tensor],
    side: int | None,
    name: str,
    only: bool = False,
) -> Found:
    """Find the layers of a network, on the processor.

    Traced networks have all operations that give a value a channel; of others the modules. What
    cannot be read without a doubt is no layer.

    Parameters
    ----------
    net : Module
        The network, frozen.
    prepare : callable
        From images N × 3 × H × W, 0…1, to what it takes.
    side : int or None
        The side in pixels that it was made for, in case that it takes no other.
    name : str
        The network's, for messages.
    only : bool, optional
        Whether it is to be shown no other side, even if it takes some.

    Raises
    ------
    StudyError
        Where it runs on no image, gives other values for the same image from run to run, or has
        no layer that can be read.
    """
    probes = probes_for(net, prepare, side, only)
    if isinstance(probes, str):
        raise StudyError(f"model {name}: does not run on images: {probes}")
    seen = Modules(net, probes.inputs[0])
    if not same(seen.output, probes.outputs[0]):
        raise StudyError(
            f"model {name}: gives other values for the same images when it runs again: wanted a "
            "network without chance (is something random outside of its modules' training mode?)"
        )
    if not _each_by_itself(net, probes):
        raise StudyError(
            f"model {name}: what it gives for an image depends on the images beside it: wanted a "
            "network that sees each by itself (does it normalise by the images of a batch?)"
        )
    found = _found(net, probes, seen)
    if not found.layers:
        raise StudyError(
            f"model {name}: none of its values can be read as a value a channel (is it compiled or "
            "scripted? wanted the network as it was before)"
        )
    return found


def _each_by_itself(net: nn.Module, probes: Probes) -> bool:
    """Whether an image gives the same beside another one."""
    both = probes.inputs[0]
    beside = both.clone()
    beside[1:] = both[1:].flip(-1) / 2
    with torch.inference_mode():
        outputs = tensors_in(net(beside))
    kept = [one[:1] if one.shape[:1] == both.shape[:1] else one[:0] for one in outputs]
    wanted = [one[: len(now)] for one, now in zip(tensors_in(probes.outputs[0]), kept, strict=True)]
    return same(kept, wanted)


def _found(net: nn.Module, probes: Probes, seen: Modules) -> Found:
    side = None if probes.any_size else probes.side
    memory_format = _memory_format(net, probes)
    for graph in graphs(net):
        try:
            values = look_at(graph, probes)
        except Exception:  # a network's own code may raise anything here
            continue
        # Where the size or the number of images decides in Python what is done, it does not.
        if same(values.outputs, probes.outputs):
            layers = layers_of_graph(graph, net, values, seen)
            return Found(layers, GraphReader(graph), side, memory_format)
    return Found(layers_of_modules(net, probes), Hooks(copies=True), side, memory_format)


def _memory_format(net: nn.Module, probes: Probes) -> torch.memory_format:
    """Channels last, where the network runs so and gives the same."""
    inputs = probes.inputs[0].contiguous(memory_format=torch.channels_last)
    net.to(memory_format=torch.channels_last)
    try:
        with torch.inference_mode():
            if _about_the_same(net(inputs), probes.outputs[0]):
                return torch.channels_last
    except Exception:  # a network's own code may raise anything here
        return torch.contiguous_format
    finally:
        net.to(memory_format=torch.contiguous_format)
    return torch.contiguous_format


def _about_the_same(one: object, other: object) -> bool:
    """Whether outputs differ by no more than sums in another order do."""
    pairs = zip(tensors_in(one), tensors_in(other), strict=True)
    return all(
        bool((a - b).abs().nan_to_num().max() <= 0.01 * b.abs().nan_to_num().max())
        for a, b in pairs
        if b.numel()
    )
