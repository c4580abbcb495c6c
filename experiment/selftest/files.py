"""Files of a self-test: what it found and a figure, beside the rig file; earlier ones are kept."""

import io
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from conditions.errors import StudyError
from conditions.files import atomic_path, write_json
from conditions.rig.selftest import SelfTest, read_selftest

if TYPE_CHECKING:
    # The command line imports this module; matplotlib can wait until there is a figure.
    from matplotlib.figure import Figure

SUFFIXES = (".json", ".png")


def check_free(path: Path) -> None:
    """Check that a self-test can be written, before two minutes of an operator are gone.

    Raises
    ------
    StudyError
        Where there is a rig ``NAME-timing``: the picture of its curves has the figure's name.
        Where the folder cannot be written.
    """
    rig = path.with_suffix(".yaml")
    if rig.exists():
        raise StudyError(f"{rig}: its files have the names of the self-test's; rename that rig")
    folder = next(each for each in (path.parent, *path.absolute().parents) if each.exists())
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StudyError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_selftest(path: Path, test: SelfTest, figure: "Figure") -> list[Path]:
    """Write what a self-test found, and its figure; those of an earlier one are renamed first.

    Returns
    -------
    list of Path
        What the earlier files are called now.
    """
    # All that may fail is done before the first file changes its name.
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    earlier = _keep_earlier(path)
    with atomic_path(path.with_suffix(".png")) as temporary:
        temporary.write_bytes(picture.getvalue())
    write_json(path, test.model_dump(mode="json"))
    return earlier


def _keep_earlier(path: Path) -> list[Path]:
    """Rename ``lab-timing.json`` to ``lab-timing.2026-11-23.json``, and the figure likewise."""
    there = [path.with_suffix(suffix) for suffix in SUFFIXES if path.with_suffix(suffix).exists()]
    if not there:
        return []
    # One that cannot be read is kept under the date of its file.
    day = date.fromtimestamp(there[0].stat().st_mtime)
    with suppress(StudyError):
        day = read_selftest(path).measured_at.date()
    number, stem = 1, f"{path.stem}.{day}"
    while any((path.parent / f"{stem}{suffix}").exists() for suffix in SUFFIXES):
        number += 1
        stem = f"{path.stem}.{day}-{number}"
    return [each.rename(path.parent / f"{stem}{each.suffix}") for each in there]
