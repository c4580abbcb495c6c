"""Checks before the participant sits down, as a page of plain results."""

import io
import shutil
from hashlib import sha256
from pathlib import Path

import pandas as pd
from PIL import Image

from conditions.check import images_of, listed_images
from conditions.folder import StudyFolder
from conditions.trials.build import build_participant
from conditions.units.table import units_for
from experiment.checks.check import Check
from experiment.plan import as_rows
from experiment.rig import Rig
from experiment.screen.window import Refresh, Window, screen_sizes, size_of

# A session leaves some 5 MB; the rest is for everything else on the disk.
WANTED_MB = 100
# Measured refresh rates of one screen differ by a few parts in a thousand.
REFRESH_TOLERANCE = 0.02


def file_checks(
    folder: StudyFolder, participant: int, trials: pd.DataFrame
) -> tuple[list[Check], dict[str, bytes]]:
    """Checks of a participant's files, before a window is opened.

    Returns
    -------
    list of Check
        One for the disk, the condition file, and what images are and contain.
    dict
        Content of the image files by path, see :func:`check_images`.

    Raises
    ------
    StudyError
        Where the table of stimuli is missing or damaged.
    """
    place = folder.data if folder.data.is_dir() else folder.path
    checks = [check_space(place), check_conditions(folder, participant, trials)]
    of_images, encoded = check_images(folder, images_of(trials))
    return checks + of_images, encoded


def check_space(path: Path) -> Check:
    """Whether there is room for data."""
    free = shutil.disk_usage(path).free // 10**6
    return Check("disk", free >= WANTED_MB, f"{path}: {free} MB free, wanted {WANTED_MB} MB")


def check_conditions(folder: StudyFolder, participant: int, trials: pd.DataFrame) -> Check:
    """Whether the condition file is the one that the study file decides."""
    decided = build_participant(folder.study, units_for(folder), participant)
    if as_rows(trials) == as_rows(decided):
        return Check("condition file", True, f"{len(trials)} trials, as {folder.study_file} says")
    path = folder.condition_file(participant)
    return Check("condition file", False, f"{path}: not what {folder.study_file} says")


def check_images(folder: StudyFolder, images: list[str]) -> tuple[list[Check], dict[str, bytes]]:
    """Whether all images are there, can be shown, and are those of the table of stimuli.

    Their content is given back by path: a session shows what was checked, wherever the folder has
    gone meanwhile.
    """
    listed = listed_images(folder)
    side = folder.study.image.crop
    broken, changed = [], []
    encoded: dict[str, bytes] = {}
    for image in images:
        path = folder.path / image
        try:
            content = encoded[image] = path.read_bytes()
        except OSError as error:
            gone = isinstance(error, FileNotFoundError)
            broken.append(f"{path}: {'no such file' if gone else error.strerror}")
            continue
        if image not in listed:
            changed.append(f"{path}: not in {folder.stimuli_table}")
        elif sha256(content).hexdigest() != listed[image]:
            changed.append(f"{path}: sha256 is not that of {folder.stimuli_table}")
        try:
            with Image.open(io.BytesIO(content)) as opened:
                opened.load()
                size = opened.size
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            broken.append(f"{path}: not a readable image: {error}")
            continue
        if size != (side, side):
            broken.append(f"{path}: found {size[0]} × {size[1]} px, wanted {side} × {side} px")
    held = f"{len(images)} can be shown; held in memory: {_megabytes(encoded)} MB"
    return [
        Check("images", not broken, _all(broken, held), vital=True),
        Check("image content", not changed, _all(changed, f"{len(images)} sha256 are right")),
    ], encoded


def screen_checks(window: Window, rig: Rig) -> list[Check]:
    """Checks of an open window against its rig."""
    width, height = size_of(window)
    there = len(screen_sizes())
    resolution, scale = f"the screen has {width} × {height} px", window.getContentScaleFactor()
    wanted = rig.resolution or (width, height)
    fits = wanted == (width, height)
    if not fits:
        resolution += f", wanted {wanted[0]} × {wanted[1]} px"
    return [
        Check("screen", rig.screen < there, _which(rig, there)),
        Check("resolution", fits, f"rig {rig.name}: {resolution}"),
        Check("window pixels", scale == 1, f"a pixel takes {scale:g} of the screen's, wanted 1"),
    ]


def refresh_check(rig: Rig, refresh: Refresh, excuse: str) -> Check:
    """Whether the screen's refreshes were measured, and are the rig's.

    Parameters
    ----------
    rig : Rig
        What is wanted.
    refresh : Refresh
        What was measured.
    excuse : str
        Why a screen without refreshes of its own will do (:func:`~.rehearsals.excuse_for`); it
        excuses no graphics card whose refreshes cannot be measured.
    """
    if refresh.measured_hz is None:
        found = f"rig {rig.name}: not measured: {refresh.note}; taken to be {rig.refresh_hz:g} Hz"
        return Check("refresh", False, found, excused=excuse if refresh.drawn_by_program else "")
    off = abs(refresh.measured_hz / rig.refresh_hz - 1)
    found = f"rig {rig.name}: measured {refresh.measured_hz:.2f} Hz, wanted {rig.refresh_hz:g} Hz"
    return Check("refresh", off <= REFRESH_TOLERANCE, found)


def _megabytes(encoded: dict[str, bytes]) -> int:
    return round(sum(map(len, encoded.values())) / 1e6)


def _which(rig: Rig, there: int) -> str:
    found = f"rig {rig.name}: screen {rig.screen} of {there} (counted from 0)"
    return found if rig.screen < there else f"{found}: there is none"


def _all(wrong: list[str], good: str) -> str:
    more = f"\n… and {len(wrong) - 10} more" if len(wrong) > 10 else ""
    return "\n".join(wrong[:10]) + more if wrong else good
