"""Networks from the researcher's own Python, named MODULE:FUNCTION."""

from pathlib import Path
from types import ModuleType

import torch
from torch import nn
from torch._dynamo.eval_frame import OptimizedModule
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parameter import is_lazy

from conditions.errors import StudyError
from conditions.files import sha256_of
from stimgen.models.families.code_faults import fault_in_words
from stimgen.models.families.code_functions import a_kind, function_named
from stimgen.models.network import Network, Preprocess
from stimgen.models.weights.files import refuse_broken, shape_of
from stimgen.models.weights.filling import fill, freeze, state_hash

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
    module, function = function_named(name)
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


def _parts(name: str, made: object) -> tuple[nn.Module, Preprocess, int | None]:
    returned = f"model {name}: the function returned"
    if not isinstance(made, (tuple, list)) or len(made) not in (2, 3):
        of = f" of {len(made)}" if isinstance(made, (tuple, list)) else ""
        raise StudyError(f"{returned} {a_kind(made)}{of}; {_RETURNS}")
    net, prepare, side = (*made, None)[:3]
    if not isinstance(net, nn.Module):
        raise StudyError(f"{returned} {a_kind(net)} as the network; wanted a torch.nn.Module")
    if not callable(prepare):
        raise StudyError(f"{returned} {a_kind(prepare)} as prepare; wanted a function of images")
    if side is not None and (not isinstance(side, int) or isinstance(side, bool) or side < 1):
        raise StudyError(f"{returned} {side!r} as the side; wanted a number of pixels")
    while isinstance(net, nn.DataParallel | OptimizedModule):
        # What is distributed or compiled cannot be seen into.
        net = net.module if isinstance(net, nn.DataParallel) else net._orig_mod
    if isinstance(prepare, nn.Module):
        prepare = _going_along(prepare)
    _check_values(returned, net)
    return net, prepare, side


def _check_values(returned: str, net: nn.Module) -> None:
    for key, tensor in [*net.named_parameters(), *net.named_buffers()]:
        if is_lazy(tensor) or tensor.is_meta:
            raise StudyError(
                f"{returned} a network whose {key} has no values yet; run it once, or fill it, "
                "before it is returned"
            )
    for key, module in net.named_modules():
        if isinstance(module, _BatchNorm) and module.running_mean is None:
            raise StudyError(
                f"{returned} a network whose {key} normalises by the images of a batch, so what "
                "an image gives would depend on those beside it"
            )


def _going_along(module: nn.Module) -> Preprocess:
    """A module as a function that works on whatever device the images are on."""
    freeze(module)
    return lambda images: module.to(images.device)(images)


def _try(name: str, prepare: Preprocess, net: nn.Module, side: int) -> None:
    """Two images through ``prepare``: each has to count by itself, and be open to optimising."""
    device = next((tensor.device for tensor in net.parameters()), torch.device("cpu"))
    noise = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    noise[1] /= 3
    images = noise.to(device).requires_grad_(True)
    given = f"it is given N × 3 × H × W images with values 0…1, here 2 × 3 × {side} × {side}"
    prepares = f"model {name}: prepare"
    try:
        with torch.enable_grad():
            found, alone = prepare(images), prepare(images[:1])
    except Exception as error:
        raise StudyError(f"{prepares}: {fault_in_words(error)}; {given}") from error
    for result, count in ((found, 2), (alone, 1)):
        if not isinstance(result, torch.Tensor) or result.dim() == 0 or len(result) != count:
            shape = f" of {shape_of(result)}" if isinstance(result, torch.Tensor) else ""
            raise StudyError(
                f"{prepares} returned {a_kind(result)}{shape}; wanted a tensor with an entry an "
                f"image; {given}"
            )
    if not _depends(found, images):
        raise StudyError(
            f"{prepares} leaves torch, detaches or rounds, so no image can be optimised through "
            "it; wanted torch's operations with a gradient"
        )
    if not torch.allclose(found[:1], alone, rtol=1e-3, atol=1e-3, equal_nan=True):
        raise StudyError(
            f"{prepares} makes another input of an image alone than beside a second one; wanted "
            "nothing random, and nothing that depends on the other images"
        )


def _depends(found: torch.Tensor, images: torch.Tensor) -> bool:
    if not found.requires_grad:
        return False
    (gradient,) = torch.autograd.grad(found.abs().sum(), images, allow_unused=True)
    return gradient is not None and bool(gradient.any())
