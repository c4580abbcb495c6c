"""Checks of a rig file against what a study asks of it, before a window is opened."""

from datetime import date
from pathlib import Path

from conditions.rig.rig import Rig
from conditions.study.study import Study
from experiment.checks.check import Check
from experiment.screen.correction import Correction
from experiment.screen.sizes import require_sizes


def rig_checks(
    study: Study, rig: Rig, rig_file: Path, correction: Correction, today: date | None = None
) -> list[Check]:
    """Whether the calibration is there and young enough, and what is done with it.

    Parameters
    ----------
    study, rig
        What is asked, and what there is.
    rig_file : Path
        Named in messages.
    correction : Correction
        The rig's for this study.
    today : date, optional
        By default the day on which this runs.

    Raises
    ------
    StudyError
        Where the study wants degrees of visual angle and the rig has no sizes.
    """
    require_sizes(study, rig)
    return [
        _calibration(study, rig, rig_file, today or date.today()),
        Check("transfer", True, _transfer(study, rig, correction)),
    ]


def _calibration(study: Study, rig: Rig, rig_file: Path, today: date) -> Check:
    limit = study.calibration.max_age_days
    wanted = "" if limit is None else f"; the study wants a calibration of at most {limit} days"
    if rig.luminance is None or rig.calibrated_on is None:
        return Check("calibration", limit is None, f"{rig_file}: not calibrated{wanted}")
    age = (today - rig.calibrated_on).days
    found = f"{rig_file}: calibrated on {rig.calibrated_on}, {age} days ago{wanted}"
    if age < 0:
        found = f"{rig_file}: calibrated on {rig.calibrated_on}, a day to come"
        return Check("calibration", False, found)
    if rig.luminance.simulated:
        found = f"{found}; its photometer was simulated: it is of no real screen"
        return Check("calibration", limit is None, found)
    return Check("calibration", limit is None or age <= limit, found)


def _transfer(study: Study, rig: Rig, correction: Correction) -> str:
    if study.presentation.transfer == "none":
        return "none: images are shown as they are, as the study asks"
    if rig.luminance is None:
        return "none: images are shown as they are, for the rig is not calibrated"
    left = ", ".join(map(str, correction.levels_left))
    how = ", dithered" if correction.dither else ""
    return f"{correction.transfer}{how}; {left} of 256 levels left in red, green, blue"
