"""Whether a session goes on as it was begun: the same observer, the same rig, a later hour."""

import re
from datetime import datetime
from pathlib import Path

from conditions.errors import StudyError
from conditions.rig.rig import Rig, read_rig
from conditions.tables.session_facts import moment
from experiment.checks.check import Check
from experiment.records.standing import Standing
from experiment.records.start import Start

# Clocks that are set by the network are moved back by less than this, now and then.
SET_BACK_S = 2.0
FACTS = "session.json"
_RIG_OF_RUN = re.compile(r"rig-run-(\d+)\.yaml")


def resume_checks(
    start: Start, data: Path, observer: str, rig: Rig, language: str, now: datetime | None = None
) -> list[Check]:
    """Checks of a run that goes on with a session; none for a first run.

    Parameters
    ----------
    start : Start
        What the session goes on from.
    data : Path
        Its folder, which keeps a copy of every rig file that it was run with.
    observer : str
        Who is to answer now: human, scripted.
    rig : Rig
        The rig of this run.
    language : str
        In which this run is read.
    now : datetime, optional
        By default the computer's clock.
    """
    if not start.facts.get("runs"):
        return []
    begun = start.facts["observer"]
    checks = [
        Check("observer", begun == observer, f"session begun by: {begun}; to go on: {observer}"),
        _same_rig(data, rig, start.standing),
        _same_language(start, language),
    ]
    return [*checks, _clock(start, data, now or datetime.now().astimezone())]


def _same_rig(data: Path, rig: Rig, standing: Standing) -> Check:
    """Within a session the rig stays; the next one may be on another, which is said."""
    runs = {int(n[1]): path for path in data.iterdir() if (n := _RIG_OF_RUN.fullmatch(path.name))}
    last = runs[max(runs)] if runs else data / "rig.yaml"
    try:
        before = read_rig(last)
    except StudyError as error:
        unread = f"the rig of the run before cannot be read: {error}"
        return Check("same rig", standing.waits, unread)
    if before == rig:
        return Check("same rig", True, f"{rig.name}, as {last} says")
    if standing.waits:
        earlier = standing.session - 1
        found = f"{rig.name}; session {earlier} was on another ({before.name}, as {last} says)"
        return Check("rig", True, found)
    found = f"{last}: the run before was on another rig ({before.name}, now {rig.name})"
    return Check("same rig", False, found)


def _same_language(start: Start, language: str) -> Check:
    """Within a session the words of the questions stay; the next one may have others."""
    # Sessions of earlier versions do not say theirs.
    before = start.facts.get("language") or language
    found = f"read before in: {before}; to go on: {language}"
    return Check("same language", before == language or start.standing.waits, found)


def _clock(start: Start, data: Path, now: datetime) -> Check:
    times = [
        (FACTS, start.facts["runs"][-1]["started_at"]),
        (FACTS, start.facts.get("written_at")),
        *(("trials.csv", time) for time in start.answered["started_at"][-1:]),
        *(("onsets.csv", time) for time in start.onsets["started_at"][-1:]),
    ]
    last = max(_moment(data / name, str(time)) for name, time in times if time)
    back = (last - now).total_seconds()
    found = f"it is {now.isoformat(timespec='seconds')}"
    if back <= SET_BACK_S:
        return Check("clock", True, found)
    return Check("clock", False, f"{found}, but the session was last run at {last}: set the clock")


def _moment(path: Path, text: str) -> datetime:
    try:
        return moment(text.strip())
    except ValueError as error:
        raise StudyError(
            f"{path}: last time: found {text[:60]!r}, wanted a date and time with UTC offset"
        ) from error
