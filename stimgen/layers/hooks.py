"""Values of modules, read by hooks: of networks that are known, or cannot be traced."""

from collections.abc import Callable, Sequence

import torch
from torch import nn

from stimgen.layers.layer import Layer


class _DeepEnough(Exception):  # noqa: N818 - a signal, not an error
    pass


class Hooks:
    """Reads the outputs of modules, or the inputs of activation functions.

    Parameters
    ----------
    copies : bool
        Whether to keep copies: a network that is not known may write into its values later, as
        GoogLeNet's in-place ReLU does into what a batch normalisation has put out.
    """

    def __init__(self, copies: bool) -> None:
        self._copies = copies

    def read(
        self, net: nn.Module, inputs: torch.Tensor, layers: Sequence[Layer]
    ) -> list[torch.Tensor]:
        """See :class:`stimgen.layers.layer.Reader`."""
        wanted = {(path, layer.takes_input) for layer in layers for path in layer.sources}
        kept: dict[tuple[str, bool], torch.Tensor] = {}

        def keep(path: str, takes_input: bool) -> Callable[[nn.Module, tuple, torch.Tensor], None]:
            def hook(_: nn.Module, given: tuple, output: torch.Tensor) -> None:
                value = given[0] if takes_input else output
                kept[path, takes_input] = value.clone() if self._copies else value
                if len(kept) == len(wanted):
                    raise _DeepEnough

            return hook

        def keep_input(path: str) -> Callable[[nn.Module, tuple], None]:
            # Before the module runs: it may work in place.
            def hook(module: nn.Module, given: tuple) -> None:
                keep(path, True)(module, given, given[0])

            return hook

        handles = [
            net.get_submodule(path).register_forward_pre_hook(keep_input(path))
            if takes_input
            else net.get_submodule(path).register_forward_hook(keep(path, takes_input))
            for path, takes_input in wanted
        ]
        try:
            net(inputs)
        except _DeepEnough:
            pass
        finally:
            for handle in handles:
                handle.remove()
        return [
            layer.joined([kept[path, layer.takes_input] for path in layer.sources])
            for layer in layers
        ]
