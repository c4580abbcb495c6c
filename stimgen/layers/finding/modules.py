"""What the modules of a network give while it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn


class Modules:
    """A run of a network, in which each module is watched.

    Attributes
    ----------
    output : object
        What the network gives.
    given : dict of str to list
        For each module a mark of what each of its calls gave, see :func:`mark_of`.
    """

    def __init__(self, net: nn.Module, inputs: torch.Tensor) -> None:
        self.given: dict[str, list[object]] = {}
        with watched(net, self._note), torch.inference_mode():
            self.output = net(inputs)

    def _note(self, path: str, _: nn.Module, output: object) -> None:
        self.given.setdefault(path, []).append(mark_of(output))


def mark_of(value: object) -> object:
    """What two equal tensors have in common, and hardly any others: shape and sum."""
    if not isinstance(value, torch.Tensor):
        return value
    return tuple(value.shape), float(value.double().sum())


@contextmanager
def watched(net: nn.Module, note: Callable[[str, nn.Module, object], None]) -> Iterator[None]:
    """Call a function with the path of each module, itself and what it gives, when it runs."""
    handles = [
        module.register_forward_hook(
            lambda module, _, output, path=path: note(path, module, output)
        )
        for path, module in net.named_modules()
        # Scripted modules take no hooks.
        if path and not isinstance(module, torch.jit.ScriptModule)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
