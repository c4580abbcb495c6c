"""Networks from the researcher's own Python, named MODULE:FUNCTION."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from conditions.errors import StudyError
from conditions.files import sha256_of
from stimgen.models.code_faults import fault_in_words
from stimgen.models.network import Network, Preprocess
from stimgen.models.weight_files import refuse_broken, shape_of
from stimgen.models.weights import fill, freeze, state_hash

_RETURNS = "wanted (network, prepare) or (network, prepare, side)"
# Of the images that prepare is tried with, where the function names no side.
_SIDE_TRIED = 224


def load_own_code(name: str, weights: Path | None, blank: bool = False) -> Network:
    """A network that a function of the researcher's returns.

    The function is called without arguments and is to make a new network each time. It returns
    ``(net, prepare)`` or ``(net, prepare, side)``: a module; what makes its input of images
    N × 3 × H × W with values 0…1, by torch's operations; and the only side in pixels that the
    network takes, where there is but one. The network is frozen in place.

    Parameters
    ----------
    name : str
        ``MODULE:FUNCTION``; the module lies in the working directory or is installed.
    weights : Path, optional
        In place of those that the function has given the network.
    blank : bool
        Makes no difference: the function's network is the architecture.

    Raises
    ------
    StudyError
        Where there is no such function, where it fails, and where it returns anything else.
    """
    module, function = _function(name)
    try:
        made = function()
    except (Exception, SystemExit) as error:
        raise StudyError(f"model {name}: {fault_in_words(error)}") from error
    net, prepare, side = _parts(name, made)
    if weights:
        fill(net, weights)
    else:
        freeze(net)
        refuse_broken(dict(net.named_parameters()), f"model {name}")
    _try(name, prepare, net, side or _SIDE_TRIED)
    return Network(
        name,
        net,
        prepare,
        str(weights or _source(name, module)),
        state_hash(net),
        side,
        only_side=side is not None,
        weights_file=weights.expanduser() if weights else None,
    )


def _source(name: str, module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return f"{name}, {Path(file).name} with SHA-256 {sha256_of(Path(file))}" if file else name


def _function(name: str) -> tuple[ModuleType, Callable[[], object]]:
    where, _, what = name.rpartition(":")
    if where.endswith(".py") or "/" in where or "\\" in where:
        parts = Path(where.replace("\\", "/")).with_suffix("").parts
        dotted = ".".join(part for part in parts if part not in (".", "/"))
        raise StudyError(
            f"model {name}: a file; wanted its module, as seen from the folder that the command "
            f"runs in: {dotted}:{what}"
        )
    if not where or not what:
        raise StudyError(f"model {name}: wanted MODULE:FUNCTION, as in my_networks:build")
    module = _imported(name, where)
    if not hasattr(module, what):
        there = [n for n, value in vars(module).items() if _is_own_function(value, module)]
        has = f"it has {', '.join(there)}" if there else "it has none"
        raise StudyError(f"model {name}: no function {what} in {module.__file__}; {has}")
    function = getattr(module, what)
    if not callable(function):
        kind = type(function).__name__
        raise StudyError(f"model {name}: {what} is a {kind}; wanted a function without arguments")
    return module, function


def _is_own_function(value: object, module: ModuleType) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__


def _imported(name: str, where: str) -> ModuleType:
    folder = Path.cwd()
    if not {"", str(folder)} & set(sys.path):
        # Workers of a cluster are not started with the working directory among their paths.
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(where)
    except ModuleNotFoundError as error:
        if error.name and f"{where}.".startswith(f"{error.name}."):
            raise StudyError(
                f"model {name}: no module {error.name} in {folder} nor among the installed ones"
            ) from error
        raise StudyError(f"model {name}: {fault_in_words(error)}") from error
    except (Exception, SystemExit) as error:
        raise StudyError(f"model {name}: {fault_in_words(error)}") from error
    here = folder / where.partition(".")[0]
    found = Path(getattr(module, "__file__", None) or folder / where)
    if (here.is_dir() or here.with_suffix(".py").exists()) and folder not in found.parents:
        raise StudyError(
            f"model {name}: the module is hidden by another of its name, {found}; rename yours"
        )
    return module


def _parts(name: str, made: object) -> tuple[nn.Module, Preprocess, int | None]:
    returned = f"model {name}: the function returned"
    if not isinstance(made, (tuple, list)) or len(made) not in (2, 3):
        of = f" of {len(made)}" if isinstance(made, (tuple, list)) else ""
        raise StudyError(f"{returned} {_a(made)}{of}; {_RETURNS}")
    net, prepare, side = (*made, None)[:3]
    if not isinstance(net, nn.Module):
        raise StudyError(f"{returned} {_a(net)} as the network; wanted a torch.nn.Module")
    if not callable(prepare):
        raise StudyError(f"{returned} {_a(prepare)} as prepare; wanted a function of images")
    if side is not None and (not isinstance(side, int) or isinstance(side, bool) or side < 1):
        raise StudyError(f"{returned} {side!r} as the side; wanted a number of pixels")
    while isinstance(net, nn.DataParallel):
        net = net.module
    if isinstance(prepare, nn.Module):
        prepare = _going_along(prepare)
    for key, tensor in [*net.named_parameters(), *net.named_buffers()]:
        if is_lazy(tensor) or tensor.is_meta:
            raise StudyError(
                f"{returned} a network whose {key} has no values yet; run it once, or fill it, "
                "before it is returned"
            )
    return net, prepare, side


def _a(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _going_along(module: nn.Module) -> Preprocess:
    """A module as a function that works on whatever device the images are on."""
    freeze(module)
    return lambda images: module.to(images.device)(images)


def _try(name: str, prepare: Preprocess, net: nn.Module, side: int) -> None:
    """Two images through ``prepare``: each has to count by itself, and be open to optimising."""
    device = next((tensor.device for tensor in net.parameters()), torch.device("cpu"))
    noise = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    images = noise.to(device).requires_grad_(True)
    given = f"it is given N × 3 × H × W images with values 0…1, here 2 × 3 × {side} × {side}"
    prepares = f"model {name}: prepare"
    try:
        found, alone = prepare(images), prepare(images[:1])
    except Exception as error:
        raise StudyError(f"{prepares}: {fault_in_words(error)}; {given}") from error
    for result, count in ((found, 2), (alone, 1)):
        if not isinstance(result, torch.Tensor) or result.dim() == 0 or len(result) != count:
            shape = f" of {shape_of(result)}" if isinstance(result, torch.Tensor) else ""
            raise StudyError(
                f"{prepares} returned {_a(result)}{shape}; wanted a tensor with an entry an image; "
                f"{given}"
            )
    if not found.requires_grad:
        raise StudyError(
            f"{prepares} leaves torch (or detaches), so no image can be optimised through it; "
            "wanted torch's operations only"
        )
    if not torch.allclose(found[:1], alone, rtol=1e-3, atol=1e-3, equal_nan=True):
        raise StudyError(
            f"{prepares} makes another input of an image alone than beside a second one; wanted "
            "nothing random, and nothing that depends on the other images"
        )
