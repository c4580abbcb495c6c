"""Answers that could not be written where they belong, found again by what is in them.

A session whose disk fails goes to a rescue folder (:func:`experiment.records.store.rescue_places`).
It belongs to a study and a participant by the study's fingerprint, the participant's number and
the start of the session, never by a path: a stick that was ``E:`` comes back as ``F:``.
"""

from dataclasses import dataclass
from pathlib import Path

from conditions.folder import StudyFolder
from experiment.records.recorder import whole_rows
from experiment.records.same_session import ANSWERS, identity, same_session
from experiment.records.store import rescue_places


@dataclass(frozen=True)
class Rescue:
    """A rescue folder with answers that the study's folder lacks.

    Attributes
    ----------
    path : Path
        The rescue folder.
    participant : int
        Whose answers they are.
    held, have : int
        Answered trials and ratings in the rescue folder, and in the study's.
    """

    path: Path
    participant: int
    held: int
    have: int


def rescues_of(folder: StudyFolder) -> list[Rescue]:
    """Rescue folders of a study that hold an answer more than the study's folder; reads only.

    Sorted by participant, the fullest first.
    """
    found = []
    for path in rescue_folders(folder.study.name):
        number = identity(path).participant
        try:
            if number is None or not belongs(path, folder, number):
                continue
            held = _answers(path)
        except OSError:
            # On a stick that is being pulled, or another user's.
            continue
        have = _answers(folder.session(number))
        if any(more > there for more, there in zip(held, have, strict=True)):
            found.append(Rescue(path, number, sum(held), sum(have)))
    return sorted(found, key=lambda rescue: (rescue.participant, -rescue.held, rescue.path))


def belongs(rescue: Path, folder: StudyFolder, participant: int) -> bool:
    """Whether a rescue folder is of a participant's session in this study folder.

    Where the study's folder has no readable ``session.json``, study and participant suffice.
    """
    held = identity(rescue)
    if (held.study, held.participant) != (folder.study.fingerprint(), participant):
        return False
    return same_session(folder.session(participant), rescue)


def rescue_folders(study: str) -> list[Path]:
    """All rescue folders of studies of a name, by path; what cannot be looked into is left out."""
    found: list[Path] = []
    for place in rescue_places():
        try:
            found += [path for path in (place / study).iterdir() if path.is_dir()]
        except OSError:
            continue
    return sorted(found)


def _answers(session: Path) -> tuple[int, ...]:
    """Answered trials and ratings."""
    return tuple(whole_rows(session / f"{table.name}.csv") for table in ANSWERS)
