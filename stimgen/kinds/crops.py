"""Crops: the square of an image around the place that the unit responds to, enlarged."""

import numpy as np
import pandas as pd
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter

from conditions.commands.command_line import console
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.kinds.crops import Crops
from stimgen.activations import MEASURED_TOGETHER, as_tensor, layer_maps
from stimgen.kinds.derived.kind import make_derived, plan_derived
from stimgen.kinds.derived.originals import Original
from stimgen.kinds.derived.unit import Given, Picture
from stimgen.kinds.making import Making
from stimgen.kinds.receptive_field import receptive_field
from stimgen.readouts.readout import Readout
from stimgen.work.planned import PlannedStep

# Standard deviations of the smoothing that fit into a crop: it sees what the crop shows.
_WIDTHS = 6


def make(making: Making) -> None:
    """See :class:`stimgen.kinds.making.Maker`."""
    said: set[str] = set()

    def say_whole(folder: StudyFolder, rows: list[dict]) -> None:
        for row in rows:
            if row["whole"] and row["layer"] not in said:
                said.add(row["layer"])
                console.print(
                    f"warning: {making.name}: the side of crops of units of {row['layer']} is that "
                    "of the image: they are the whole images"
                )

    make_derived(making, derive, report=say_whole)


def plan(making: Making) -> list[PlannedStep]:
    """See :class:`stimgen.kinds.making.Maker`."""
    return plan_derived(making, derive)


def derive(given: Given, originals: list[Original]) -> list[Picture]:
    """The squares of images of a unit, as large as the images."""
    kind, layer, model = given.kind, given.unit["layer"], given.model
    assert isinstance(kind, Crops)  # the registry has looked
    whole, readout = given.folder.study.image.crop, model.readout(layer)
    if readout.pooling.kind == "token":
        raise _without_positions("a token", readout)
    maps: list[np.ndarray] = []
    for start in range(0, len(originals), MEASURED_TOGETHER):
        some = originals[start : start + MEASURED_TOGETHER]
        images = torch.stack([as_tensor(one.image) for one in some]).to(model.device)
        with torch.inference_mode():
            read = layer_maps(model, images, [layer])[layer]
            maps += [*_of_unit(readout, read, given.unit)]
    side = receptive_field(model, layer, whole) if isinstance(kind.side, str) else kind.side
    pictures = []
    for one, values in zip(originals, maps, strict=True):
        row, column = _where(readout, values if one.pole == "max" else -values, side / whole)
        left, top = (_start(share * whole, side, whole) for share in (column, row))
        square = one.image.crop((left, top, left + side, top + side))
        enlarged = square.resize((whole, whole), Image.Resampling.LANCZOS)
        facts = {"layer": layer, "whole": side == whole}
        pictures.append(Picture(enlarged, f"{side} px from {left}, {top}", facts))
    return pictures


def centre(values: np.ndarray, share: float) -> tuple[float, float]:
    """Where a map is highest, as shares of its height and width.

    The map is smoothed by a Gaussian six of whose widths are the side of the crop. Of maps of
    EfficientNet-Lite0 the centre of mass often lies between the places that a unit responds to,
    in front of the sky between two towers; a single position may be chance.

    Parameters
    ----------
    values : ndarray
        Rows × columns.
    share : float
        Side of the crop as a share of the image's.
    """
    widths = [share * length / _WIDTHS for length in values.shape]
    smooth = gaussian_filter(values.astype(np.float64), widths, mode="nearest")
    row, column = np.unravel_index(int(smooth.argmax()), smooth.shape)
    return (row + 0.5) / values.shape[0], (column + 0.5) / values.shape[1]


def _of_unit(readout: Readout, maps: torch.Tensor, unit: pd.Series) -> np.ndarray:
    """The unit at all positions: N × rows × columns."""
    channel = int(unit["channel"])
    if maps.shape[2] * maps.shape[3] == 1:
        raise _without_positions("one position", readout)
    if readout.dictionary:
        maps = readout.dictionary.of_maps(maps, [channel])
        channel = 0
    return maps[:, channel].float().cpu().numpy()


def _without_positions(what: str, readout: Readout) -> StudyError:
    return StudyError(
        f"it reads {what} of the layer {readout.layer.name}, which says nothing of where in an "
        "image it responds: crops need units with positions"
    )


def _where(readout: Readout, values: np.ndarray, share: float) -> tuple[float, float]:
    if readout.pooling.kind != "position":
        return centre(values, share)
    row, column = readout.pooling.index(*values.shape)
    return (row + 0.5) / values.shape[0], (column + 0.5) / values.shape[1]


def _start(centre_px: float, side: int, whole: int) -> int:
    """Where a square begins that is around a place, and inside the image."""
    return round(min(max(centre_px - side / 2, 0), whole - side))
