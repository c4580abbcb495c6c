"""Checks before the participant sits down."""

import json

import pandas as pd

from conditions.check import check_images, images_of
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.tables import CONDITION_FILE, TRIALS, read_table


def load_trials(folder: StudyFolder, participant: int) -> pd.DataFrame:
    """A participant's condition file, after checking that its images are there and unchanged.

    Raises
    ------
    StudyError
        Names what is missing or changed.
    """
    path = folder.condition_file(participant)
    if not path.exists():
        raise StudyError(
            f"{path}: no such file; write it with `python -m conditions build {folder.path} "
            f"--participants {participant}`"
        )
    trials = read_table(path, CONDITION_FILE)
    check_images(folder, images_of(trials))
    return trials


def answered_trials(folder: StudyFolder, participant: int, resume: bool) -> pd.DataFrame:
    """Trials that the participant has answered in an earlier, stopped session.

    Raises
    ------
    StudyError
        Where there are data and the session is not to be resumed, or the reverse.
    """
    path = folder.session(participant) / "trials.csv"
    if not path.exists():
        if resume:
            raise StudyError(f"{path}: no such file; there is no session to resume")
        return pd.DataFrame(columns=TRIALS.column_names)
    answered = read_table(path, TRIALS)
    _check_same_conditions(folder, participant)
    if not resume:
        raise StudyError(
            f"participant {participant} has {len(answered)} answered trials in {path}; go on with "
            "--resume, or take another number"
        )
    return answered


def _check_same_conditions(folder: StudyFolder, participant: int) -> None:
    path = folder.session(participant) / "session.json"
    begun = json.loads(path.read_text(encoding="utf-8"))["condition_file_sha256"]
    condition_file = folder.condition_file(participant)
    if begun != sha256_of(condition_file):
        raise StudyError(f"{condition_file}: not the file that the session was begun with ({path})")
