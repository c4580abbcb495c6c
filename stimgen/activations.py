"""Activations of units, with the network run only as deep as they need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from conditions.errors import StudyError
from stimgen.models.model import Model
from stimgen.out_of_memory import OutOfMemoryError, memory_watched


def layer_maps(model: Model, images: torch.Tensor, names: Sequence[str]) -> dict[str, torch.Tensor]:
    """The channels of the layers that readouts read, at the positions that count for them.

    Parameters
    ----------
    model : Model
        The network; the forward pass stops after the deepest of the layers.
    images : Tensor
        N × 3 × H × W, values 0…1.
    names : list of str
        Names of layers, or of readouts of the study.

    Returns
    -------
    dict of str to Tensor
        For each N × channels × rows × columns, before an activation function where there is one;
        differentiable.
    """
    readouts = [model.readout(name) for name in dict.fromkeys(names)]
    inputs = model.preprocess(model.fitted(images)).contiguous(memory_format=model.memory_format)
    values = model.reader.read(model.net, inputs, [readout.layer for readout in readouts])
    return {readout.name: readout.maps(one) for readout, one in zip(readouts, values, strict=True)}


def activations_of(
    model: Model, images: torch.Tensor, units: Mapping[str, list[int] | None]
) -> dict[str, torch.Tensor]:
    """Activations of units: by default the mean of a channel over all positions.

    Ranks are decided by it, so that convolutions have the full precision of float32 also on a GPU.
    Where a batch does not fit into memory, its halves are computed one after the other.

    Parameters
    ----------
    model : Model
        The network.
    images : Tensor
        N × 3 × H × W, values 0…1.
    units : dict
        For each layer or readout the channels that are wanted; None for all.

    Returns
    -------
    dict of str to Tensor
        For each layer or readout N × channels, in the order in which they were given.

    Raises
    ------
    OutOfMemoryError
        Where a single image does not fit.
    """
    try:
        with memory_watched(model.device), _without_tf32():
            maps = layer_maps(model, images, list(units))
            return {
                name: model.readout(name).activations(maps[name], channels)
                for name, channels in units.items()
            }
    except OutOfMemoryError:
        if len(images) == 1:
            raise
    halves = [activations_of(model, half, units) for half in images.chunk(2)]
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
    return measure_images(model, map(read_image, paths), layer, channel)


def measure_images(
    model: Model, images: Iterable[Image.Image], layer: str, channel: int
) -> np.ndarray:
    """Activation of one unit for RGB images of one size, at least one; see :func:`measure_files`.

    No more of them than are measured together are asked for at a time.
    """
    measured = []
    waiting = map(as_tensor, images)
    while together := list(islice(waiting, MEASURED_TOGETHER)):
        with torch.inference_mode():
            stacked = torch.stack(together).to(model.device)
            found = activations_of(model, stacked, {layer: [channel]})[layer]
        measured.append(found[:, 0].cpu().numpy())
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


def read_image(path: Path) -> Image.Image:
    """An image file of a study, in RGB.

    Raises
    ------
    StudyError
        Where it cannot be read as one.
    """
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise StudyError(f"{path}: not a readable image: {error}") from error
