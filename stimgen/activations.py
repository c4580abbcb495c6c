"""Activations of layers, with the network run only as deep as they need."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from conditions.errors import StudyError
from stimgen.models.model import Layer, Model
from stimgen.out_of_memory import OutOfMemoryError, memory_watched


class _DeepEnough(Exception):  # noqa: N818 - a signal, not an error
    pass


def layer_maps(model: Model, images: torch.Tensor, layers: list[str]) -> dict[str, torch.Tensor]:
    """Pre-ReLU activation maps of layers for a batch of images.

    Parameters
    ----------
    model : Model
        The network; the forward pass stops after the deepest of the layers.
    images : Tensor
        N × 3 × H × W, values 0…1.
    layers : list of str
        Names of layers of the model.

    Returns
    -------
    dict of str to Tensor
        For each layer N × channels × height × width; differentiable.
    """
    wanted = [model.layer(name) for name in dict.fromkeys(layers)]
    modules = {path: model.net.get_submodule(path) for layer in wanted for path in layer.modules}
    takes_input = {path: layer.takes_input for layer in wanted for path in layer.modules}
    maps: dict[str, torch.Tensor] = {}

    def keep(path: str) -> Callable[[torch.nn.Module, tuple, torch.Tensor], None]:
        def hook(_: torch.nn.Module, inputs: tuple, output: torch.Tensor) -> None:
            maps[path] = inputs[0] if takes_input[path] else output
            if len(maps) == len(modules):
                raise _DeepEnough

        return hook

    handles = [module.register_forward_hook(keep(path)) for path, module in modules.items()]
    try:
        model.net(model.preprocess(images).contiguous(memory_format=torch.channels_last))
    except _DeepEnough:
        pass
    finally:
        for handle in handles:
            handle.remove()
    return {layer.name: _concatenated(layer, maps) for layer in wanted}


def channel_means(model: Model, images: torch.Tensor, layers: list[str]) -> dict[str, torch.Tensor]:
    """Activation of every channel: the mean of its pre-ReLU map over all positions.

    Ranks are decided by it, so that convolutions have the full precision of float32 also on a GPU.
    Where a batch does not fit into memory, its halves are computed one after the other.

    Returns
    -------
    dict of str to Tensor
        For each layer N × channels.

    Raises
    ------
    OutOfMemoryError
        Where a single image does not fit.
    """
    try:
        with memory_watched(model.device), _without_tf32():
            maps = layer_maps(model, images, layers)
            return {name: layer.mean((2, 3)) for name, layer in maps.items()}
    except OutOfMemoryError:
        if len(images) == 1:
            raise
    halves = [channel_means(model, half, layers) for half in images.chunk(2)]
    return {name: torch.cat([half[name] for half in halves]) for name in halves[0]}


def as_tensor(image: Image.Image) -> torch.Tensor:
    """An RGB image as a 3 × H × W tensor, 0…1."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


MEASURED_TOGETHER = 32


def measure_files(model: Model, paths: list[Path], layer: str, channel: int) -> np.ndarray:
    """Activation of one unit for image files of one size, as a person will see them.

    Returns
    -------
    ndarray
        One float32 a file, in their order.
    """
    measured = []
    for start in range(0, len(paths), MEASURED_TOGETHER):
        images = [as_tensor(_read(path)) for path in paths[start : start + MEASURED_TOGETHER]]
        with torch.inference_mode():
            means = channel_means(model, torch.stack(images).to(model.device), [layer])[layer]
        measured.append(means[:, channel].cpu().numpy())
    return np.concatenate(measured)


@contextmanager
def _without_tf32() -> Iterator[None]:
    """Let GPUs multiply in float32: by default cuDNN rounds to 10 bits of mantissa (TF32)."""
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = before


def _read(path: Path) -> Image.Image:
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise StudyError(f"{path}: not a readable image: {error}") from error


def _concatenated(layer: Layer, maps: dict[str, torch.Tensor]) -> torch.Tensor:
    parts = [maps[path] for path in layer.modules]
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)
