"""Files of weights: read into tensors by name, refused where they are anything else."""

import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from conditions.errors import StudyError

Tensors = dict[str, torch.Tensor]

_NAMES_SHOWN = 4
_ALONE = "save the network's state_dict() alone"
_CUT = "its end is missing: was it copied in full?"
# What files of other kinds begin with.
_OTHERS = {
    b"\x89HDF": "an HDF5 file, as Keras writes them",
    b"\x1f\x8b": "a gzip archive: unpack it",
}


def read_weights(path: Path) -> Tensors:
    """Tensors by name, from a safetensors file or a file that torch has written.

    No code in the file is run. What kind of file it is, its content says, not its name.

    Parameters
    ----------
    path : Path
        May begin with ``~``.

    Returns
    -------
    dict of str to Tensor
        On the CPU. Versions of modules that torch has noted are kept (``_metadata``).

    Raises
    ------
    StudyError
        Where there is no such file, and where it holds anything but whole, finite tensors by name.
    """
    path = _existing(path)
    content = _safetensors(path) if _is_safetensors(path) else _torch_file(path)
    if not _are_tensors(content):
        raise StudyError(f"{path}: {_described(content)}")
    for name, tensor in content.items():
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
            kind = "a sparse" if tensor.layout != torch.strided else "a quantised"
            kind = "an empty (meta)" if tensor.is_meta else kind
            raise StudyError(f"{path}: {name} is {kind} tensor; wanted all of its values")
    refuse_broken(content, path)
    return content


def refuse_broken(tensors: Mapping[str, torch.Tensor], source: Path | str) -> None:
    """Raise a StudyError that names the first tensor with NaN or infinite values."""
    broken: list[str] = []
    for name, tensor in tensors.items():
        # Numbers of a byte have no isfinite of their own.
        values = tensor.float() if tensor.is_floating_point() and tensor.itemsize < 4 else tensor
        finite = torch.isfinite(values)
        if not finite.all():
            bad = int((~finite).sum())
            broken.append(f"{name} has {bad} NaN or infinite values among {values.numel()}")
    if broken:
        more = f", and so have {len(broken) - 1} other tensors" if len(broken) > 1 else ""
        raise StudyError(f"{source}: {broken[0]}{more}: not the weights of a working network")


def _existing(path: Path) -> Path:
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise StudyError(f"{path}: no such user") from error
    if path.is_dir():
        raise StudyError(f"{path}: a folder; wanted the file of weights itself")
    if not path.exists():
        raise StudyError(f"{path}: no such file; it is to hold the model's weights")
    with path.open("rb") as file:
        head = file.read(100)
    if not head:
        raise StudyError(f"{path}: an empty file; it is to hold the model's weights")
    if head.startswith(b"version https://git-lfs"):
        raise StudyError(f"{path}: only git-lfs's pointer to the weights: git lfs pull")
    if head.lstrip().startswith((b"<!", b"<html", b"<HTML", b"<?xml")):
        raise StudyError(f"{path}: a web page, not weights: open it to see why, and fetch anew")
    return path


def _is_safetensors(path: Path) -> bool:
    with path.open("rb") as file:
        length, begin = int.from_bytes(file.read(8), "little"), file.read(1)
    size = path.stat().st_size
    return path.suffix == ".safetensors" or (begin == b"{" and length <= size)


def _safetensors(path: Path) -> Any:
    try:
        return load_file(path, device="cpu")
    except SafetensorError as error:
        raise StudyError(
            f"{path}: not a whole safetensors file ({error}): was it copied in full?"
        ) from error


def _torch_file(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            # Of how a file was written, which nobody can do anything about here.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        why = _why_unreadable(path, error)
        raise StudyError(f"{path}: not a file of weights only: {why}") from error


def _why_unreadable(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    for beginning, kind in _OTHERS.items():
        if head.startswith(beginning):
            return kind
    said = str(error)
    if head.startswith(b"PK"):
        if not zipfile.is_zipfile(path):
            return _CUT
        with zipfile.ZipFile(path) as archive:
            names = [Path(name).name for name in archive.namelist()]
        if "data.pkl" not in names:
            return f"a zip archive of other things ({', '.join(names[:_NAMES_SHOWN])})"
        if "constants.pkl" in names:
            return f"a TorchScript archive, which is code; {_ALONE}"
        code = torch.serialization.get_unsafe_globals_in_checkpoint(str(path))
    else:
        code = re.findall(r"GLOBAL ([\w.]+\.\w+)", said)
    if code:
        return f"it also holds {', '.join(code[:_NAMES_SHOWN])}; {_ALONE}"
    if isinstance(error, EOFError) or "EOF" in said:
        return _CUT
    return "neither torch nor safetensors has written it"


def _are_tensors(content: object) -> bool:
    return (
        isinstance(content, Mapping)
        and bool(content)
        and all(isinstance(name, str) for name in content)
        and all(isinstance(tensor, torch.Tensor) for tensor in content.values())
    )


def _described(content: object) -> str:
    """What was found in place of tensors by name, and what to do about it."""
    wanted = "wanted tensors by name"
    if isinstance(content, Mapping) and content:
        names = [str(name) for name in content]
        shown = ", ".join(names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")
        inner = next((str(n) for n, value in content.items() if _are_tensors(value)), None)
        others = [n for n, value in content.items() if not isinstance(value, torch.Tensor)]
        if inner is not None:
            return f"a dictionary with {shown}: {wanted}; save its {inner} alone"
        if others:
            kind = type(content[others[0]]).__name__
            return f"a dictionary with {shown}: {wanted}, but {others[0]} is of type {kind}"
        return f"a dictionary with {shown}: {wanted}, but these are no names"
    if isinstance(content, torch.Tensor):
        return f"a single tensor of {shape_of(content)}: {wanted}"
    if isinstance(content, (Mapping, list, tuple)):
        return f"a {type(content).__name__} of {len(content)}: {wanted}"
    return f"{type(content).__name__}: {wanted}"


def shape_of(tensor: torch.Tensor) -> str:
    """A tensor's shape for people, as in 64 × 3 × 7 × 7."""
    return " × ".join(map(str, tensor.shape)) or "one number"
