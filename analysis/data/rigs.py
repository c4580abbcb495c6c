"""The rig files that sessions keep: what each participant's images were shown on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conditions.rig.rig import Rig, read_rig


@dataclass(frozen=True)
class SessionRig:
    """The rig of one session.

    ``facts`` is the content of ``session.json``; ``changed`` says that the session went on with
    another rig file than the one that it was begun with.
    """

    participant: int
    rig: Rig
    facts: dict[str, Any]
    changed: bool


def session_rigs(sessions: dict[int, Path], facts: dict[int, dict]) -> tuple[SessionRig, ...]:
    """The rigs of sessions, by the participant's number; no ``rig.yaml``: there was no screen.

    Raises
    ------
    StudyError
        Where a rig file does not fit.
    """
    return tuple(
        SessionRig(
            participant,
            read_rig(folder / "rig.yaml"),
            facts[participant],
            changed=any(
                later.read_bytes() != (folder / "rig.yaml").read_bytes()
                for later in folder.glob("rig-run-*.yaml")
            ),
        )
        for participant, folder in sessions.items()
        if (folder / "rig.yaml").is_file()
    )
