"""A participant who withdraws: all that is theirs moves to a place that no command reads.

Nothing is deleted: that is for whoever answers for the data. Files are renamed, within their disk;
a withdrawal that was cut off goes on when it is done again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.strays import withdrawals
from experiment.records.copying import sync_folder
from experiment.records.facts import now
from experiment.records.lock import only_one
from experiment.records.people.enrolling import people_path
from experiment.records.people.file import PeopleFile, read_people
from experiment.records.rescues import rescue_folders
from experiment.records.same_session import identity, n_answers, same_session
from experiment.records.start import session_lock

FACTS = "withdrawal.json"
# Beside the folder of rescued sessions, on the same disk.
ASIDE = "withdrawn_sessions"


@dataclass(frozen=True)
class Belongings:
    """What there is of a participant: their session, their row among the people, rescued answers.

    ``people`` is the list of all people where it has their row, else None.
    """

    session: Path | None
    people: PeopleFile | None
    rescues: tuple[Path, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.session or self.people or self.rescues)


def withdraw(folder: StudyFolder, participant: int, reason: str | None) -> list[str]:
    """Move what is a participant's to ``data/withdrawn/``.

    Parameters
    ----------
    folder : StudyFolder
        The study; the participant's condition file stays in it.
    participant : int
        Their number, which is not given again.
    reason : str or None
        Recorded with the withdrawal.

    Returns
    -------
    list of str
        A line for each thing that was moved.

    Raises
    ------
    StudyError
        Where their session runs, there is nothing of theirs, or something cannot be moved.
    """
    before = withdrawals(folder).get(participant)
    _check_there(folder, participant, belongings(folder, participant, before), before)
    running = f"the session of participant {participant} is running"
    with only_one(session_lock(folder, participant), running):
        found = belongings(folder, participant, before)
        place = before or folder.withdrawn / f"{folder.session(participant).name}-{date.today()}"
        with _movable(place):
            # From here on the number is taken, whatever happens.
            place.mkdir(parents=True, exist_ok=True)
            facts = _facts(place) or {
                "participant": participant,
                "study_sha256": folder.study.fingerprint(),
                "withdrawn_at": now(),
                "reason": reason,
                "moved": [],
            }
            write_json(place / FACTS, facts)
        moved = list(_moved(folder, participant, found, place))
        facts["moved"] += moved
        write_json(place / FACTS, facts)
    return moved


def belongings(folder: StudyFolder, participant: int, before: Path | None) -> Belongings:
    """What there is of a participant outside their withdrawal (``before``); reads only."""
    session = folder.session(participant)
    people = read_people(people_path(folder)) if people_path(folder).exists() else None
    listed = people is not None and people.person(participant) is not None
    known = before / session.name if before and not session.is_dir() else session
    rescues = [
        path
        for path in rescue_folders(folder.study.name)
        if identity(path).participant == participant
        and identity(path).study == folder.study.fingerprint()
        and same_session(known, path)
    ]
    return Belongings(
        session if session.is_dir() else None, people if listed else None, tuple(rescues)
    )


def _check_there(
    folder: StudyFolder, participant: int, found: Belongings, before: Path | None
) -> None:
    if found.session is not None and found.session.is_symlink():
        raise StudyError(
            f"{found.session}: a link to {found.session.resolve()}, wanted the folder itself: put "
            "it there in the link's place, then withdraw"
        )
    if not found.is_empty:
        return
    if before is not None:
        raise StudyError(
            f"participant {participant} was withdrawn already: {before} holds all of it that was "
            f"in {folder.path}"
        )
    raise StudyError(
        f"participant {participant}: no session in {folder.data}, no row in "
        f"{people_path(folder).name}, no rescued answers: there is nothing to withdraw"
    )


def _moved(folder: StudyFolder, participant: int, found: Belongings, place: Path) -> Iterator[str]:
    if found.people is not None:
        path = people_path(folder)
        with only_one(path.with_suffix(".lock"), f"{path.name} is being written"), _movable(path):
            people = read_people(path)
            people.alone(participant, _free(place / path.name)).write()
            people.without([participant]).write()
        yield f"their row of {path}"
    if found.session is not None:
        answers = n_answers(found.session)
        _move(found.session, place / found.session.name)
        yield f"{found.session}, {answers} answers"
    for rescue in found.rescues:
        to = rescue.parent.parent.with_name(ASIDE) / rescue.parent.name / rescue.name
        yield f"{rescue}, to {_move(rescue, to)}"


def _move(path: Path, to: Path) -> Path:
    """Rename a folder; where there is one of that name already, beside it."""
    to = _free(to)
    with _movable(path):
        to.parent.mkdir(parents=True, exist_ok=True)
        path.rename(to)
        sync_folder(to.parent)
        sync_folder(path.parent)
    return to


def _free(path: Path) -> Path:
    """A name that is not taken: the path's, or with a number."""
    numbered = (path.with_name(f"{path.stem}-{i}{path.suffix}") for i in range(2, 1000))
    return next(p for p in (path, *numbered) if not p.exists())


def _facts(place: Path) -> dict[str, Any]:
    """What an earlier run wrote down; empty where there is none, or it is damaged."""
    try:
        found = json.loads((place / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("moved"), list) else {}


@contextmanager
def _movable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StudyError(
            f"{path}: could not be moved ({error.strerror or error}); close what has it open, then "
            "withdraw again: what was moved stays moved"
        ) from error
