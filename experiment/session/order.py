"""What the operator orders, and what comes of it."""

from dataclasses import dataclass
from pathlib import Path

from conditions.folder import StudyFolder
from experiment.keyboard.observer import HumanObserver
from experiment.records.store import Trouble
from experiment.rig import Rig


@dataclass(frozen=True)
class Order:
    """What the operator ordered: who is to do which session, where, and how."""

    folder: StudyFolder
    participant: int
    rig: Rig
    rig_file: Path
    language: str
    observer: str = HumanObserver.name
    resume: bool = False
    override: bool = False
    session: int | None = None


@dataclass(frozen=True)
class Outcome:
    """How a session ended: its state, trouble with the disk if there was any, and its answers.

    ``kept`` says where they are; what nothing could be written to is in it as a table.
    """

    state: str
    trouble: Trouble | None
    kept: str
