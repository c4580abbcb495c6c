"""Whether two study folders are copies of one study: by content, not by names or line ends."""

import csv
from pathlib import Path

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import session_folders
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table
from conditions.tables.sessions import TRIALS
from experiment.records.same_session import identity, whole_lines


def check_two_copies(folder: StudyFolder, other: StudyFolder) -> None:
    """Check that two folders are two, and hold the same study.

    Raises
    ------
    StudyError
        Names both.
    """
    for named in (folder, other):
        if not named.study_file.is_file():
            raise StudyError(f"{named.path}: no study.yaml in it; wanted the folder of a study")
    mine, theirs = folder.path.resolve(), other.path.resolve()
    if mine.samefile(theirs):
        raise StudyError(f"{other.path}: the same folder as {folder.path}; wanted another copy")
    if mine in theirs.parents or theirs in mine.parents:
        raise StudyError(
            f"{other.path} and {folder.path} lie in one another; copy the one out of the other"
        )
    if folder.study.fingerprint() != other.study.fingerprint():
        raise StudyError(
            f"{other.study_file}: not the study of {folder.study_file}; wanted two copies of one"
        )


def check_same_images(folder: StudyFolder, other: StudyFolder) -> None:
    """Check that images of the same name have the same content, where both have a table of them.

    Raises
    ------
    StudyError
        Names the first that differs.
    """
    mine, theirs = folder.stimuli_table, other.stimuli_table
    if not (mine.is_file() and theirs.is_file()) or mine.read_bytes() == theirs.read_bytes():
        return
    hashes = _hashes(mine)
    for path, sha256 in _hashes(theirs).items():
        if hashes.get(path, sha256) != sha256:
            raise StudyError(
                f"{theirs}: sha256 of {path} is not that of {mine}: people have seen other images "
                "in the two copies"
            )


def check_same_trials(path: Path, source: Path) -> None:
    """Check that two condition files of a participant hold the same trials.

    Raises
    ------
    StudyError
        Where they do not.
    """
    if whole_lines(path) == whole_lines(source):
        return
    if not read_table(path, CONDITION_FILE).equals(read_table(source, CONDITION_FILE)):
        raise StudyError(f"{source}: other trials than {path}; nothing is written")


def starts_of(folder: StudyFolder) -> dict[str, list[Path]]:
    """Sessions of a study by the time at which they began."""
    starts: dict[str, list[Path]] = {}
    for session in session_folders(folder.data).values():
        if started_at := identity(session).started_at:
            starts.setdefault(started_at, []).append(session)
    return starts


def check_session_belongs(
    folder: StudyFolder, starts: dict[str, list[Path]], session: Path, participant: int
) -> None:
    """Check that a session of another copy is of this study and number, and not here already.

    Parameters
    ----------
    folder, starts
        The study, and its sessions, see :func:`starts_of`.
    session, participant
        The folder in the other copy, and its number.

    Raises
    ------
    StudyError
        Names what it is instead.
    """
    known = identity(session)
    if known.study not in (None, folder.study.fingerprint()):
        raise StudyError(f"{session / 'session.json'}: a session of another study (study_sha256)")
    numbers = {known.participant, _first_row(session).get("participant")} - {None}
    if wrong := {str(number) for number in numbers} - {str(participant)}:
        raise StudyError(f"{session}: holds a session of participant {', '.join(sorted(wrong))}")
    for mine in starts.get(known.started_at or "", []):
        rows = [_first_row(path) | {"participant": ""} for path in (mine, session)]
        if mine.name != session.name and rows[0] == rows[1] and len(rows[0]) > 1:
            raise StudyError(f"{session}: the session of {mine} under another number")


def _first_row(session: Path) -> dict[str, str]:
    lines = whole_lines(session / f"{TRIALS.name}.csv")[:2]
    # The csv module of Python 3.10 refuses zeros, as a power cut leaves them.
    cells = csv.reader(line.replace("\0", "\ufffd") for line in lines)
    return dict(zip(*cells, strict=False)) if len(lines) == 2 else {}


def _hashes(table: Path) -> dict[str, str]:
    with table.open(encoding="utf-8-sig", newline="") as stream:
        return {row.get("path") or "": row.get("sha256") or "" for row in csv.DictReader(stream)}
