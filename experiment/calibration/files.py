"""Files of a calibration: the rig file, its curve, its readings; earlier ones are kept."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.files import atomic_path, write_text
from conditions.rig.rig import Rig, read_rig
from experiment.rig import RIGS

if TYPE_CHECKING:
    # The command line imports this module; matplotlib can wait until there is a curve.
    from matplotlib.figure import Figure

SUFFIXES = (".yaml", ".png", ".readings.csv", ".readings.json")


def rig_path(folder: Path, name: str) -> Path:
    """The rig file of a name."""
    return folder / f"{name}.yaml"


def check_free(folder: Path, name: str, again: bool) -> Rig | None:
    """Check that a rig may be calibrated under a name.

    Returns
    -------
    Rig or None
        The rig of that name so far, whose other settings are kept.

    Raises
    ------
    StudyError
        Where the name is taken, or is none for a file.
    """
    if not name or Path(name).name != name or name.startswith("."):
        raise StudyError(f"rig {name!r}: wanted a plain name, as in lab_2")
    if rig_path(RIGS, name).exists():
        raise StudyError(f"rig {name} comes with the laboratory; take another name")
    path = rig_path(folder, name)
    if not path.exists():
        return None
    before = read_rig(path)
    if not again:
        when = f"calibrated on {before.calibrated_on}" if before.luminance else "not calibrated"
        raise StudyError(
            f"{path}: exists ({when}); --again calibrates anew and keeps it under its date"
        )
    return before


def keep_earlier(folder: Path, name: str) -> list[Path]:
    """Rename the files of an earlier calibration: ``lab.yaml`` to ``lab.2026-11-23.yaml``.

    Returns
    -------
    list of Path
        New names; empty where there was no such rig.
    """
    path = rig_path(folder, name)
    if not path.exists():
        return []
    day = read_rig(path).calibrated_on or "uncalibrated"
    number, stem = 1, f"{name}.{day}"
    while any((folder / f"{stem}{suffix}").exists() for suffix in SUFFIXES):
        number += 1
        stem = f"{name}.{day}-{number}"
    there = [suffix for suffix in SUFFIXES if (folder / f"{name}{suffix}").exists()]
    return [(folder / f"{name}{each}").rename(folder / f"{stem}{each}") for each in there]


def write_calibration(
    folder: Path, rig: Rig, figure: "Figure", readings: Path
) -> tuple[Path, list[Path]]:
    """Write the files of a calibration; those of an earlier one get another name first.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The curve.
    readings : Path
        Table of the readings, under the name it was written with.

    Returns
    -------
    tuple
        The rig file, and what the earlier files are called now.
    """
    # All that may fail is done before the first file changes its name.
    content = yaml.safe_dump(
        rig.model_dump(exclude_none=True, exclude_defaults=False),
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    earlier = keep_earlier(folder, rig.name)
    for suffix in (".csv", ".json"):
        readings.with_suffix(suffix).rename(folder / f"{rig.name}.readings{suffix}")
    with atomic_path(folder / f"{rig.name}.png") as temporary:
        temporary.write_bytes(picture.getvalue())
    path = rig_path(folder, rig.name)
    written_by = typed_command("experiment", "calibrate", rig.name)
    write_text(path, f"# Written by `{written_by}`.\n{content}")
    return path, earlier
