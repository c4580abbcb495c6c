"""Whether condition files and images belong together."""

import pandas as pd

from conditions.build import condition_files
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.tables import CONDITION_FILE, LEFT_COLUMNS, RIGHT_COLUMNS, STIMULI, read_table

IMAGE_COLUMNS = (*LEFT_COLUMNS, *RIGHT_COLUMNS, "upper", "lower")


def images_of(trials: pd.DataFrame) -> list[str]:
    """Every image that a condition file names, sorted, each once."""
    named = trials[list(IMAGE_COLUMNS)].stack().dropna()
    return sorted(set(named))


def check_images(folder: StudyFolder, images: list[str]) -> None:
    """Check that images exist and are those of the table of stimuli.

    Raises
    ------
    StudyError
        One line for each image (the first ten) that is missing, not listed or has other bytes.
    """
    listed = read_table(folder.stimuli_table, STIMULI).set_index("path")["sha256"]
    wrong = []
    for image in images:
        path = folder.path / image
        if image not in listed.index:
            wrong.append(f"{path}: not in {folder.stimuli_table}")
        elif not path.is_file():
            wrong.append(f"{path}: no such file")
        elif sha256_of(path) != listed[image]:
            wrong.append(f"{path}: sha256 is not that of {folder.stimuli_table}")
    if wrong:
        more = f"\n… and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise StudyError("\n".join(wrong[:10]) + more)


def check_catch_trials(trials: pd.DataFrame, name: str) -> None:
    """Check that queries are among the references in catch trials, and nowhere else.

    Raises
    ------
    StudyError
        Names the first trial where that is not so.
    """
    for trial in trials.itertuples():
        references = {getattr(trial, column) for column in (*LEFT_COLUMNS, *RIGHT_COLUMNS)}
        correct = trial.upper if trial.correct_response == "upper" else trial.lower
        if (correct in references) != trial.catch:
            kind = "a catch trial, but its query is not" if trial.catch else "its query is"
            raise StudyError(f"{name}: trial {trial.trial}: {kind} among the references")


def check_study(folder: StudyFolder) -> dict[str, int]:
    """Check all condition files of a study against its images.

    Returns
    -------
    dict
        Numbers of participants, trials and images.
    """
    files = condition_files(folder)
    if not files:
        raise StudyError(
            f"{folder.conditions}: no condition files; write them with "
            f"`python -m conditions build {folder.path} --participants 1-2`"
        )
    images, n_trials = set(), 0
    for path in files.values():
        trials = read_table(path, CONDITION_FILE)
        check_catch_trials(trials, str(path))
        images |= set(images_of(trials))
        n_trials += len(trials)
    check_images(folder, sorted(images))
    return {"participants": len(files), "trials": n_trials, "images": len(images)}
