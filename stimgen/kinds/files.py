"""Images that another tool has made, brought from the folder that the study names."""

import io
import time

from PIL import Image

from conditions.commands.command_line import console
from conditions.tables.stimuli import POLES
from stimgen.activations import measure_images
from stimgen.bringing.offered.folder import files_kind
from stimgen.bringing.step import bring_images, is_there
from stimgen.kinds.derived.originals import command_for
from stimgen.kinds.making import Making
from stimgen.units import checked_units
from stimgen.work.planned import PlannedStep, memory_now


def make(making: Making) -> None:
    """See :class:`stimgen.kinds.making.Maker`; names the command where no folder is known."""
    name, kind = making.name, files_kind(making.study, making.name)
    units = list(checked_units(making.folder, making.model)["unit"])
    if is_there(making.folder, name, units):
        # The folder that they were brought from may be gone.
        console.print(f"{making.folder.stimuli}: images of {name} of {len(units)} units are there")
    elif kind.folder is not None:
        bring_images(making.folder, making.model, name)
    else:
        _say_absent(making)


def plan(making: Making) -> list[PlannedStep]:
    """See :class:`stimgen.kinds.making.Maker`; the time is that of images of noise."""
    kind = files_kind(making.study, making.name)
    table = checked_units(making.folder, making.model)
    if is_there(making.folder, making.name, list(table["unit"])):
        return []
    if kind.folder is None:
        _say_absent(making)
        return []
    side = making.study.image.crop
    noise = Image.effect_noise((side, side), 64).convert("RGB")
    images = [noise] * len(POLES) * kind.images
    unit = table.iloc[0]
    started = time.perf_counter()
    measure_images(making.model, images, unit["layer"], int(unit["channel"]))
    for image in images:
        image.save(io.BytesIO(), "PNG")
    unit_s = time.perf_counter() - started
    return [PlannedStep(f"{making.name}, bring", len(table), unit_s, memory_now())]


def _say_absent(making: Making) -> None:
    how = command_for(making.folder, making.name)
    console.print(f"{making.name}: the images of another tool are not there: {how}")
