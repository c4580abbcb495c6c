"""The file of a linear map: tensors by name, whatever program has written them."""

import hashlib
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from conditions.errors import StudyError

_LARGEST = torch.finfo(torch.float32).max


def read_map(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a ``.safetensors`` or ``.npz`` file.

    Parameters
    ----------
    path : Path
        May begin with ``~``; relative to the working directory.

    Returns
    -------
    dict of str to Tensor
        In double precision, whatever the precision, the order of bytes and of axes in the file.

    Raises
    ------
    StudyError
        Where there is no such file, it is of another kind or damaged, or a value is no number of
        single precision.
    """
    try:
        there = path.expanduser()
    except RuntimeError as error:
        raise StudyError(f"{path}: no such user") from error
    kind = there.suffix.lower()
    if kind not in (".safetensors", ".npz"):
        raise StudyError(
            f"{path}: found a {path.suffix or 'nameless'} file, wanted .safetensors or .npz"
        )
    if there.is_dir():
        raise StudyError(f"{path}: found a folder, wanted a {kind} file")
    try:
        found = load_file(there) if kind == ".safetensors" else _arrays(there)
    except FileNotFoundError as error:
        where = "" if there.is_absolute() else f" in {Path.cwd()}"
        raise StudyError(f"{path}: no such file{where}; it is to hold the readout's map") from error
    except Exception as error:  # each library has its own for a damaged file
        said = str(error).partition("\n")[0]
        raise StudyError(f"{path}: cannot be read as {kind}: {said}") from error
    return {name: _numbers(path, name, values) for name, values in found.items()}


def tensors_sha256(tensors: dict[str, torch.Tensor]) -> str:
    """Hash of tensors of a map, the same for the same numbers in another kind of file."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        digest.update(tensor.numpy().astype("<f8").tobytes())
    return digest.hexdigest()


def _arrays(path: Path) -> dict[str, np.ndarray]:
    opened = np.load(path, allow_pickle=False)
    if isinstance(opened, np.ndarray):
        raise ValueError("it holds one array without a name, as np.save writes it: use np.savez")
    with opened:
        return {name: opened[name] for name in opened.files}


def _numbers(path: Path, name: str, values: np.ndarray | torch.Tensor) -> torch.Tensor:
    if isinstance(values, np.ndarray):
        if values.dtype.kind not in "fiu":
            raise StudyError(f"{path}: {name}: found {values.dtype}, wanted real numbers")
        tensor = torch.from_numpy(np.array(values, dtype=np.float64, order="C"))
    else:
        if values.dtype == torch.bool or values.is_complex():
            raise StudyError(f"{path}: {name}: found {values.dtype}, wanted real numbers")
        tensor = values.double()
    broken = int((~tensor.isfinite()).sum())
    if broken:
        raise StudyError(f"{path}: {name}: {broken} of {tensor.numel()} values are not finite")
    if tensor.numel() and float(tensor.abs().max()) > _LARGEST:
        raise StudyError(
            f"{path}: {name}: found {float(tensor.abs().max()):.3g}, wanted numbers of single "
            "precision"
        )
    return tensor
