"""What the tables of a session tell while it runs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import TypeVar

from conditions.tables.condition_file import PHASES
from conditions.tables.session_facts import moment
from experiment.monitor.files import Row

# Of so many last trials are the recent reaction time and the pace.
RECENT, PACE = 10, 30
# A pace wants a few intervals; an interval counts for no more than so many usual ones.
FEWEST, LONGEST = 4, 3

Value = TypeVar("Value")


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    of: int


@dataclass(frozen=True)
class Measures:
    """What was measured so far.

    Attributes
    ----------
    correct : Share or None
        Of the answered main trials, without catch trials and repeats; None where there are none.
    by_condition : dict
        The same for each condition.
    catch : Share or None
        Of the answered catch trials.
    timed_out : int
        Trials that nobody answered in time.
    rt, recent_rt : float or None
        Median of all reaction times, and of the last ten (s).
    dropped, frames_of : int
        Dropped frames, and the trials in which they were counted.
    longest_frame_ms : float or None
        The longest frame interval.
    unreadable : int
        Rows that are not those of the laboratory.
    """

    correct: Share | None
    by_condition: dict[str, Share]
    catch: Share | None
    timed_out: int
    rt: float | None
    recent_rt: float | None
    dropped: int
    frames_of: int
    longest_frame_ms: float | None
    unreadable: int


@dataclass(frozen=True)
class _Answer:
    phase: str
    condition: str
    catch: bool
    correct: bool | None
    rt: float | None
    dropped: int
    longest: float | None


def measures_of(rows: Iterable[Row]) -> Measures:
    """Measures of the rows of ``trials.csv``."""
    answers, unreadable = [], 0
    for row in rows:
        try:
            answers.append(_answer(row))
        except (KeyError, ValueError):
            unreadable += 1
    main = [each for each in answers if each.phase == "main" and not each.catch]
    times = [each.rt for each in answers if each.rt is not None]
    conditions = sorted({each.condition for each in main})
    return Measures(
        correct=_share(main),
        by_condition={
            name: share
            for name in conditions
            if (share := _share([each for each in main if each.condition == name]))
        },
        catch=_share([each for each in answers if each.catch]),
        timed_out=sum(each.correct is None for each in answers),
        rt=median(times) if times else None,
        recent_rt=median(times[-RECENT:]) if times else None,
        dropped=sum(each.dropped for each in answers),
        frames_of=len(answers),
        longest_frame_ms=max((e.longest for e in answers if e.longest is not None), default=None),
        unreadable=unreadable,
    )


def pace_of(onsets: Sequence[Row], since: str | None) -> float | None:
    """Seconds a trial takes, from onset to onset, by the last of them; None of too few.

    Parameters
    ----------
    onsets : sequence of dict
        Rows of ``onsets.csv``.
    since : str or None
        When the run began: nobody waits for a night between two runs.
    """
    times = [time for row in onsets if (time := _time(row.get("started_at"))) is not None]
    start = _time(since)
    times = [time for time in times if start is None or time >= start][-PACE - 1 :]
    steps = [(b - a).total_seconds() for a, b in pairwise(times)]
    steps = [step for step in steps if step >= 0]
    if len(steps) < FEWEST:
        return None
    longest = LONGEST * median(steps)
    return sum(min(step, longest) for step in steps) / len(steps)


def begun_again(onsets: Sequence[Row]) -> int:
    """How many times a trial came on the screen that had been there before, without an answer."""
    shown = [row.get("trial", "") for row in onsets]
    return len(shown) - len(set(shown))


def _answer(row: Row) -> _Answer:
    if row["phase"] not in PHASES:
        raise ValueError(f"no phase of a session: {row['phase']}")
    return _Answer(
        phase=row["phase"],
        condition=row["condition"],
        catch=row["catch"].lower() == "true",
        correct=None if not row["correct"] else row["correct"].lower() == "true",
        rt=_filled(row["rt"], _float),
        dropped=_filled(row["dropped_frames"], int) or 0,
        longest=_filled(row["max_frame_ms"], _float),
    )


def _share(answers: Sequence[_Answer]) -> Share | None:
    given = [each.correct for each in answers if each.correct is not None]
    return Share(sum(given), len(given)) if given else None


def _filled(cell: str, read: Callable[[str], Value]) -> Value | None:
    return read(cell) if cell else None


def _float(cell: str) -> float:
    return float(cell.replace(",", "."))


def _time(text: str | None) -> datetime | None:
    try:
        return moment(text.strip()) if text else None
    except ValueError:
        return None
