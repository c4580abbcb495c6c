"""Weights: from a file or the network, into a frozen network, and their hash."""

import hashlib
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from conditions.errors import StudyError

Net = TypeVar("Net", bound=nn.Module)


def state_hash(net: nn.Module) -> str:
    """SHA-256 over the names and values of a network's parameters and buffers."""
    digest = hashlib.sha256()
    for key, tensor in sorted(net.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def freeze(net: Net) -> Net:
    """A network in evaluation mode that collects no gradients; the same object."""
    net.eval().requires_grad_(False)
    for module in net.modules():
        # An in-place ReLU would overwrite the pre-ReLU activation that a hook has kept.
        if getattr(module, "inplace", False):
            module.inplace = False  # type: ignore[assignment]  # torch knows of modules and tensors only
    return net


def _read_weights(path: Path) -> dict:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise StudyError(f"{path}: no such file; it is to hold the model's weights") from error
    except Exception as error:
        said = str(error).partition("\n")[0]
        raise StudyError(f"{path}: not a file of weights only: {said}") from error


def fill(net: Net, path: Path) -> Net:
    """A network with the weights of a file, frozen; the same object.

    Raises
    ------
    StudyError
        Where the file is none of weights, or of another network's.
    """
    try:
        net.load_state_dict(_read_weights(path))
    except (RuntimeError, TypeError, AttributeError) as error:
        first = str(error).splitlines()[1 if "\n" in str(error) else 0].strip()
        raise StudyError(f"{path}: weights do not fit the model: {first}") from error
    return freeze(net)


def download(url: str) -> Path:
    """A file of weights in PyTorch's own store, fetched where it is not there.

    Raises
    ------
    StudyError
        Where it cannot be fetched.
    """
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(url, str(path))
        except OSError as error:
            raise StudyError(
                f"cannot download the weights from {url}: {error}; fetch the file elsewhere and "
                "name it as model.weights in the study file"
            ) from error
    return path
