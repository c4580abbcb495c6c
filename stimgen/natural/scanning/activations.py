"""Activations of all units of a scan, a column each, for a batch of images."""

import torch

from stimgen.activations import activations_of
from stimgen.models.model import Model
from stimgen.natural.scanning.precision import autocast


def columns_of(units: list[tuple[str, int]]) -> dict[str, tuple[list[int], list[int]]]:
    """For each layer the channels, and the columns that they go to."""
    columns: dict[str, tuple[list[int], list[int]]] = {}
    for column, (layer, channel) in enumerate(units):
        channels, places = columns.setdefault(layer, ([], []))
        channels.append(channel)
        places.append(column)
    return columns


def unit_activations(
    model: Model,
    pixels: torch.Tensor,
    columns: dict[str, tuple[list[int], list[int]]],
    reduced: bool,
) -> torch.Tensor:
    """Activations of units for a batch of images.

    Parameters
    ----------
    model : Model
        The network.
    pixels : Tensor
        N × side × side × 3, uint8.
    columns : dict
        For each layer channels and their columns, see :func:`columns_of`.
    reduced : bool
        Compute in reduced precision.

    Returns
    -------
    Tensor
        N × units float32, on the model's device.
    """
    images = pixels.to(model.device, non_blocking=True).permute(0, 3, 1, 2).float() / 255
    units = {name: channels for name, (channels, _) in columns.items()}
    with torch.inference_mode(), autocast(model.device, reduced):
        found = activations_of(model, images, units)
    count = sum(len(places) for _, places in columns.values())
    result = torch.empty((len(pixels), count), device=model.device)
    for name, (_, places) in columns.items():
        result[:, places] = found[name].float()
    return result
