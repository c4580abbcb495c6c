"""Weights: from tensors by name into a frozen network, and their identity."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn
from torch.nn.modules.utils import consume_prefix_in_state_dict_if_present

from conditions.errors import StudyError
from stimgen.models.weights.files import Tensors, read_weights, shape_of

Net = TypeVar("Net", bound=nn.Module)

# Before the names of a network that was saved inside DataParallel, or compiled.
_WRAPPERS = ("module.", "_orig_mod.")


def state_hash(net: nn.Module) -> str:
    """SHA-256 over the names and values of a network's parameters and buffers."""
    digest = hashlib.sha256()
    for key, tensor in sorted(net.state_dict().items()):
        digest.update(key.encode())
        # What a module notes besides tensors is no weight.
        if isinstance(tensor, torch.Tensor):
            flat = tensor.detach().cpu().contiguous().reshape(-1)
            # Bytes, since NumPy does not know all of torch's kinds of numbers.
            digest.update(flat.view(torch.uint8).numpy().data)
    return digest.hexdigest()


def freeze(net: Net) -> Net:
    """A network in evaluation mode that collects no gradients; the same object."""
    net.eval()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    for module in net.modules():
        # An in-place ReLU would overwrite the pre-ReLU activation that a hook has kept.
        if getattr(module, "inplace", False) and not isinstance(module, torch.jit.ScriptModule):
            module.inplace = False  # type: ignore[assignment]  # torch knows of modules and tensors only
    return net


def fill(net: Net, path: Path) -> Net:
    """A network with the weights of a file, frozen; the same object.

    Raises
    ------
    StudyError
        Where the file is none of weights, or of another network's.
    """
    tensors = bare(read_weights(path), net.state_dict())
    return put(net, tensors, path)


def put(net: Net, tensors: Tensors, source: Path | str) -> Net:
    """A network with the values of tensors by name, frozen; the same object.

    Raises
    ------
    StudyError
        Where a name or a shape is another than the network's: names the first, and the source.
    """
    result = _load(net.load_state_dict, net, tensors, source)
    _refuse_missing(result.missing_keys, result.unexpected_keys, source)
    return freeze(net)


def bare(tensors: Tensors, wanted: Iterable[str] = ()) -> Tensors:
    """The same tensors without what a wrapper has put before all of their names.

    ``wanted`` are the network's own names, where they are known: they may begin so themselves.
    """
    wanted = list(wanted)
    for prefix in _WRAPPERS * 2:
        begin_so = all(name.startswith(prefix) for name in tensors)
        if begin_so and not any(name.startswith(prefix) for name in wanted):
            consume_prefix_in_state_dict_if_present(tensors, prefix)
    return tensors


def built(make: Callable[[], Net], source: Path | str) -> Net:
    """A network from a library's own builder, which fills it; frozen.

    Whatever the builder loads has to fit. Names of modules that it takes out again (the auxiliary
    heads of GoogLeNet) may be missing.

    Raises
    ------
    StudyError
        Where a name or a shape is another than the network's: names the first, and the source.
    """
    missing: list[str] = []
    unknown: list[str] = []

    def load(net: nn.Module, tensors: Tensors, strict: bool = True, assign: bool = False) -> Any:
        def stock(given: Tensors, strict: bool) -> Any:
            return _STOCK(net, given, strict, assign)

        result = _load(stock, net, tensors, source)
        missing.extend(result.missing_keys)
        unknown.extend(result.unexpected_keys if strict else [])
        # What a strict builder would not have come back with it does not expect to see.
        return type(result)([], []) if strict else result

    try:
        with _loading_by(load):
            net = make()
        kept = net.state_dict()
        _refuse_missing([name for name in missing if name in kept], unknown, source)
    except StudyError as error:
        raise StudyError(
            f"{error}; a network that was changed comes as MODULE:FUNCTION from code of your own"
        ) from error
    return freeze(net)


def built_blank(make: Callable[[], Net]) -> Net:
    """A network from a library's own builder with random weights, whatever it means to load."""
    with _loading_by(lambda net, *_, **__: None):
        return freeze(make())


_STOCK = nn.Module.load_state_dict


@contextmanager
def _loading_by(load: Callable) -> Iterator[None]:
    nn.Module.load_state_dict = load  # type: ignore[method-assign]
    try:
        yield
    finally:
        nn.Module.load_state_dict = _STOCK  # type: ignore[method-assign]


def _load(stock: Callable, net: nn.Module, tensors: Tensors, source: Path | str) -> Any:
    own = net.state_dict()
    common = [name for name in own if name in tensors]
    for name in common:
        # torch would turn the whole numbers of a compressed network into weights without a word.
        kinds = [values.is_floating_point() for values in (own[name], tensors[name])]
        if kinds[0] != kinds[1] and not name.endswith("num_batches_tracked"):
            kind, wanted = tensors[name].dtype, own[name].dtype
            raise StudyError(f"{_misfit(source)}: {name} is {kind}, wanted {wanted}")
    if not hasattr(tensors, "_metadata"):
        # A network that asks which version of itself was saved gets an answer.
        tensors = OrderedDict(tensors)
        versions = {"": {"version": getattr(net, "_version", None)}}
        tensors._metadata = versions  # type: ignore[attr-defined]  # where torch looks for them
    try:
        return stock(tensors, strict=False)
    except (RuntimeError, ValueError, TypeError, AttributeError) as error:
        shapes = [
            f"{name} is {shape_of(tensors[name])}, wanted {shape_of(own[name])}"
            for name in common
            if tensors[name].shape != own[name].shape
        ]
        said = _first(shapes) or " ".join(str(error).split())
        raise StudyError(f"{_misfit(source)}: {said}") from error


def _refuse_missing(missing: list[str], unknown: list[str], source: Path | str) -> None:
    said = [
        _first([f"{name} is {how}" for name in names])
        for names, how in ((missing, "missing"), (unknown, "unknown to it"))
        if names
    ]
    if said:
        raise StudyError(f"{_misfit(source)}: {', '.join(said)}")


def _misfit(source: Path | str) -> str:
    return f"{source}: weights do not fit the model"


def _first(faults: list[str]) -> str:
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return faults[0] + more if faults else ""
