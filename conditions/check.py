"""Whether condition files and images belong together."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.stimuli import read_stimuli
from conditions.strays import condition_files
from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from conditions.tables.files import read_table
from conditions.trials.build import build_participant, table_of
from conditions.trials.course import sessions_of
from conditions.trials.told.confounds import Association, associations, confounds_table, factors
from conditions.trials.told.confounds_in_words import as_designed, to_be_changed
from conditions.units.table import units_for

REFERENCE_COLUMNS = (*LEFT_COLUMNS, *RIGHT_COLUMNS)
IMAGE_COLUMNS = (*REFERENCE_COLUMNS, "upper", "lower")
# Of fewer participants it could be chance that one thing tells another.
LOOKED_AT = 24
# Things that go together by less, in Cramer's V, are not listed.
WEAK = 0.1


def images_of(trials: pd.DataFrame) -> list[str]:
    """Every image that a condition file names, sorted, each once."""
    named = trials[list(IMAGE_COLUMNS)].stack().dropna()
    return sorted(set(named))


def listed_images(folder: StudyFolder) -> dict[str, str]:
    """SHA-256 of every image in the table of stimuli, by path."""
    stimuli = read_stimuli(folder)
    return dict(zip(stimuli["path"], stimuli["sha256"], strict=True))


def check_images(folder: StudyFolder, images: list[str]) -> None:
    """Check that images exist and are those of the table of stimuli.

    Raises
    ------
    StudyError
        One line for each image (the first ten) that is missing, not listed or has other bytes.
    """
    listed = listed_images(folder)
    wrong = []
    for image in images:
        path = folder.path / image
        if image not in listed:
            wrong.append(f"{path}: not in {folder.stimuli_table}")
        elif not path.is_file():
            wrong.append(f"{path}: no such file")
        elif sha256_of(path) != listed[image]:
            wrong.append(f"{path}: sha256 is not that of {folder.stimuli_table}")
    if wrong:
        more = f"\n… and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        raise StudyError("\n".join(wrong[:10]) + more)


def check_catch_trials(
    trials: pd.DataFrame, name: str, content: dict[str, str] | None = None
) -> None:
    """Check that queries are among the references in catch trials, and nowhere else.

    Parameters
    ----------
    trials : DataFrame
        A condition file.
    name : str
        Its name, for the message.
    content : dict, optional
        SHA-256 by path: images of the same content then count as the same image.

    Raises
    ------
    StudyError
        Names the first trial where that is not so. (A catch trial of a scheme that shows no
        minimally activating references has only its correct query among them.)
    """
    content = content or {}
    asked = trials[trials["phase"] != "intuitiveness"]
    columns = ["trial", "catch", "correct_response", "left_1", "upper", "lower"]
    # What is in a cell is known from the table, not from pandas.
    facts: Iterable[Any] = asked[columns].itertuples(index=False)
    shown: Iterable[Any] = asked[list(REFERENCE_COLUMNS)].itertuples(index=False)
    for trial, images in zip(facts, shown, strict=True):
        references = {content.get(image, image) for image in images if not pd.isna(image)}
        correct, other = trial.upper, trial.lower
        if trial.correct_response == "lower":
            correct, other = other, correct
        must = {correct} if pd.isna(trial.left_1) else {correct, other}
        for query in (correct, other):
            among = content.get(query, query) in references
            if among and not trial.catch:
                raise StudyError(f"{name}: trial {trial.trial}: {query} is among its references")
            if trial.catch and not among and query in must:
                raise StudyError(
                    f"{name}: trial {trial.trial}: a catch trial, but its query {query} is not "
                    "among the references"
                )


def read_conditions(folder: StudyFolder) -> dict[int, pd.DataFrame]:
    """All condition files of a study by participant, each checked for itself.

    Raises
    ------
    StudyError
        Where there are none, or one does not fit its table or has a query among the references
        where it must not be.
    """
    files = condition_files(folder)
    if not files:
        raise StudyError(
            f"{folder.conditions}: no condition files; write them with "
            f"`{typed_command('conditions', 'build', *folder.typed, '--participants', '1-2')}`"
        )
    table = table_of(folder.study)
    frames = {}
    for participant, path in files.items():
        frames[participant] = read_table(path, table)
        check_catch_trials(frames[participant], str(path))
    return frames


def check_study(folder: StudyFolder, frames: dict[int, pd.DataFrame]) -> dict[str, int]:
    """Check all condition files of a study (:func:`read_conditions`) against its images.

    Returns
    -------
    dict
        Numbers of participants, trials and images.

    Raises
    ------
    StudyError
        Names what is missing, changed, or shown where it must not be.
    """
    images = sorted({image for trials in frames.values() for image in images_of(trials)})
    check_images(folder, images)
    content = listed_images(folder)
    for participant, trials in frames.items():
        check_catch_trials(trials, str(folder.condition_file(participant)), content)
    return {
        "participants": len(frames),
        "trials": sum(len(trials) for trials in frames.values()),
        "images": len(images),
    }


def design_associations(folder: StudyFolder, frames: dict[int, pd.DataFrame]) -> list[Association]:
    """What tells what in the trials of some participants, and of as many more as are looked at."""
    numbers = (p for p in range(1, LOOKED_AT + len(frames) + 1) if p not in frames)
    more = [next(numbers) for _ in range(LOOKED_AT - len(frames))]
    units = units_for(folder) if more else pd.DataFrame()
    further = {p: build_participant(folder.study, units, p) for p in more}
    study = folder.study
    trials = [
        frame.assign(participant=p, session=sessions_of(study, p, frame))
        for p, frame in (frames | further).items()
    ]
    return associations(factors(pd.concat(trials, ignore_index=True)))


def confounds(folder: StudyFolder, frames: dict[int, pd.DataFrame]) -> list[str]:
    """What cannot be told apart in the trials of a study: a table in words, and sentences.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    frames : dict
        Its condition files by participant (:func:`read_conditions`). Where there are fewer than
        24, the trials of the next participants are looked at as well: their rules are the same.

    Returns
    -------
    list of str
        Whose trials were looked at, the table, and a sentence for each confound.
    """
    more = max(0, LOOKED_AT - len(frames))
    found = design_associations(folder, frames)
    table = confounds_table(found)
    strong = (table["Cramer's V"] >= WEAK) | (table["of one only"] > 0)
    beside = f" and {more} more by the same rules" if more else ""
    sentences = to_be_changed(found)
    return [
        f"Confounds (main trials of {len(frames)} participants{beside})",
        *([table[strong].to_string(index=False)] if strong.any() else []),
        f"{(~strong).sum()} other pairs of things go together by less than V {WEAK}.\n",
        *(sentences or ["No confounds were found."]),
        *as_designed(found),
    ]
