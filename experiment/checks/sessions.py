"""Which of a participant's sessions this is, and how long ago the one before it ended."""

from datetime import datetime, timedelta

from conditions.study.study import Study
from conditions.tables.session_facts import moment
from experiment.checks.check import Check, excuse
from experiment.records.start import Start


def session_checks(
    study: Study, start: Start, excused: str = "", now: datetime | None = None
) -> list[Check]:
    """Checks of a session that is one of several; none where there is only one.

    Parameters
    ----------
    study : Study
        How long it has to be between two sessions.
    start : Start
        What the session begins or goes on from.
    excused : str
        Why the time between two does not matter; empty where it does.
    now : datetime, optional
        By default the computer's clock.
    """
    place = start.standing
    if place.sessions == 1:
        return []
    named = Check("session", True, f"{place.words}{', gone on with' if place.begun else ''}")
    ended = _end_of_the_one_before(start) if place.waits else None
    if ended is None:
        return [named]
    since = (now or datetime.now().astimezone()) - ended
    return [named, excuse(_time_between(study, since, place.session - 1), excused)]


def _time_between(study: Study, since: timedelta, before: int) -> Check:
    between, hours = study.between_sessions, since.total_seconds() / 3600
    least, most = between.least_hours, between.most_hours
    good = (least is None or hours >= least) and (most is None or hours <= most)
    found = f"{hours:.1f} hours since the end of session {before}"
    if not good:
        found += f", wanted {between.words} (between_sessions)"
    return Check("time between", good, found)


def _end_of_the_one_before(start: Start) -> datetime | None:
    """The last thing that is known of the session before: an onset, or the end of its last run."""
    known = [*start.answered["started_at"][-1:], *start.onsets["started_at"][-1:]]
    runs = [run for run in start.facts.get("runs", []) if run.get("ended_at")]
    known += [run["ended_at"] for run in runs[-1:]]
    return max((moment(str(text).strip()) for text in known), default=None)
