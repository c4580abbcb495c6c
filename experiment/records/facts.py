"""``session.json``: what a session was run with, and how its runs began and ended."""

import getpass
import os
import platform
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psutil

from conditions.folder import StudyFolder
from conditions.provenance.facts import commit, versions
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table, table_sha256

SESSION = 1
# Of sessions that were given in a browser: the answers as they came.
WEB_ANSWERS = "answers.jsonl"
# The moment of a computer's start is told by its clock, which may be set right meanwhile.
SAME_START_S = 60
PACKAGES = ("psychopy", "psychtoolbox", "pyglet", "numpy", "pandas", "pillow")
RUNNING, STOPPED, COMPLETE, FAILED, KILLED = "running", "stopped", "complete", "failed", "killed"
# A session is complete that is not the participant's last.
BETWEEN = "between sessions"


def now() -> str:
    """Date and time with UTC offset, ISO 8601, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def begun(folder: StudyFolder, participant: int, before: dict, **run: object) -> dict:
    """Facts of a session whose next run begins.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    participant : int
        Number of the participant.
    before : dict
        Content of ``session.json`` so far; empty for a first run.
    **run
        What is to be known of this run (rig, observer, refresh …), JSON-serialisable.

    Returns
    -------
    dict
        ``runs`` has an entry for every start: one that was neither stopped nor completed, but cut
        off (by a kill, a crash, the mains), is ``killed`` and has no end.
    """
    runs = [dict(earlier) for earlier in before.get("runs", [])]
    for earlier in runs:
        if earlier["state"] == RUNNING:
            earlier["state"] = KILLED
    trials = read_table(folder.condition_file(participant), CONDITION_FILE)
    runs.append({"state": RUNNING, "started_at": now(), "ended_at": None, **run})
    return {
        "participant": participant,
        "session": SESSION,
        "state": RUNNING,
        "started_at": before.get("started_at", runs[0]["started_at"]),
        "study_sha256": folder.study.fingerprint(),
        "condition_file_sha256": table_sha256(trials, CONDITION_FILE),
        **run,
        "host": platform.node(),
        "system": platform.platform(),
        "process": {"id": os.getpid(), "booted": round(psutil.boot_time())},
        "user": _user(),
        "commit": commit(),
        "versions": versions(PACKAGES),
        "runs": runs,
    }


def is_cut_off(facts: Mapping[str, Any]) -> bool:
    """Whether a session says that it runs, and the process that ran it is gone from this computer.

    Nothing is known of sessions of another computer, of one before its last start, or of an earlier
    version of the laboratory: then it is False. It locks nothing, unlike
    :func:`experiment.records.lock.is_held`, which at the wrong moment would turn a session away.
    """
    process = facts.get("process")
    if facts.get("state") != RUNNING or not isinstance(process, dict):
        return False
    # Computers may have one name; they have not been started at one moment.
    here = (facts.get("host"), facts.get("system")) == (platform.node(), platform.platform())
    number, booted = process.get("id"), process.get("booted")
    if not (here and isinstance(number, int) and isinstance(booted, int)) or number < 1:
        return False
    if abs(booted - psutil.boot_time()) > SAME_START_S:
        return False
    return not psutil.pid_exists(number)


def updated(facts: dict, state: str, **found: object) -> dict:
    """Facts with the state of the last run, and what has been found in it."""
    ended_at = None if state == RUNNING else now()
    last = facts["runs"][-1] | {"state": state, "ended_at": ended_at, **found}
    return (
        facts
        | {"state": state, "written_at": now(), **found}
        | {"runs": [*facts["runs"][:-1], last]}
    )


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # Accounts without a name: containers, services.
        return None


def memory_mb() -> float:
    """Resident memory of this process in MB."""
    return round(psutil.Process().memory_info().rss / 1e6, 1)
