"""What happened in a session, by kind: the lanes of its time line, and its interruptions."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.data.sessions.events.attention import uncounted_presses
from analysis.data.sessions.events.spans import (
    Sitting,
    Span,
    begun_and_ended,
    focus_losses,
    images_shown,
    outlet_losses,
    outlets_of,
    sittings,
)

# Images of units that are rated, and ask for no choice.
RATED = "rated"
_ESCAPE = "Escape: stop or go on?"
_COLUMNS = ["start", "end", "run", "what"]


@dataclass(frozen=True)
class Lane:
    """Things of one kind.

    Attributes
    ----------
    name : str
        What they are, in words.
    rows : DataFrame
        ``start``, ``end`` (s since session start), ``run``, ``what`` and, where one belongs to a
        trial, ``trial``.
    """

    name: str
    rows: pd.DataFrame


def lanes_of(events: pd.DataFrame, dropped: pd.DataFrame) -> list[Lane]:
    """The lanes of a time line, from what a session is made of to what disturbed it.

    Parameters
    ----------
    events : DataFrame
        Columns of :data:`conditions.tables.events.EVENTS`, of one participant.
    dropped : DataFrame
        Of :func:`analysis.data.sessions.dropped.dropped_frames`.
    """
    images = images_shown(events).rename(columns={"detail": "what"})
    cut = images[~images["whole"]]
    drops = pd.DataFrame({"start": dropped["at"], "end": dropped["at"], "what": ""})
    lanes = [
        Lane("Trials", images[images["whole"]]),
        Lane("Interrupted", cut),
        Lane("Pages", _timed(events, "page")),
        Lane("Breaks", _spans(begun_and_ended(events, "pause"))),
        Lane("Focus lost", _spans(focus_losses(events))),
        Lane("Stalls", _timed(events, "stall")),
        Lane("Dropped frames", drops.assign(run=_runs_at(events, drops["start"]))),
        Lane("Presses in vain", _presses(events)),
    ]
    if outlets_of(events):
        lanes.append(Lane("Markers lost", _spans(outlet_losses(events))))
    return lanes


def interruptions(events: pd.DataFrame) -> pd.DataFrame:
    """What kept a session from its trials, or its markers from a recording, in order.

    Returns
    -------
    DataFrame
        ``run``, ``at`` (s since the start of the run), ``what``, ``seconds``, and ``trial``, in
        whose sight it happened; missing where there was none.
    """
    images = images_shown(events)
    begun = {sitting.run: sitting.start for sitting in sittings(events)}
    named = [
        *((span, "another window in front") for span in focus_losses(events)),
        *((span, _ESCAPE) for span in begun_and_ended(events, "pause") if span.what == "escape"),
        *((span, f"outlet {span.what} lost") for span in outlet_losses(events)),
        *((span, "stall") for span in _stalls(events)),
    ]
    rows = [
        (span.run, span.start - begun[span.run], what, span.seconds, _trial_at(images, span))
        for span, what in sorted(named, key=lambda pair: (pair[0].run, pair[0].start))
        if what != "stall" or _trial_at(images, span) is not None
    ]
    columns = ["run", "at", "what", "seconds", "trial"]
    # Of objects: a number of a trial stays whole beside rows that have none.
    return pd.DataFrame(rows, columns=columns, dtype="object")


def stalled_trials(events: pd.DataFrame) -> list[tuple[int, float]]:
    """Trials in whose sight the screen stood still, and for how many seconds at the longest."""
    images = images_shown(events)
    longest: dict[int, float] = {}
    for span in _stalls(events):
        trial = _trial_at(images, span)
        if trial is not None:
            longest[trial] = max(longest.get(trial, 0.0), span.seconds)
    return sorted(longest.items())


def _stalls(events: pd.DataFrame) -> list[Span]:
    rows = _timed(events, "stall")
    return [
        Span("", int(run), start, end)
        for start, end, run in rows[["start", "end", "run"]].itertuples(index=False)
    ]


def _trial_at(images: pd.DataFrame, span: Span) -> int | None:
    """The trial whose images were shown when something began."""
    there = images[
        (images["run"] == span.run)
        & (images["start"] <= span.start)
        & (span.start <= images["end"])
    ]
    return int(there["trial"].iloc[-1]) if len(there) else None


def _timed(events: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Events that have a duration; one that was cut off goes to the end of its run."""
    rows = events[events["kind"] == kind]
    last = rows["run"].map({sitting.run: sitting.end for sitting in sittings(events)})
    ends = (rows["onset"] + rows["duration"]).fillna(last.astype("float64"))
    return pd.DataFrame(
        {"start": rows["onset"], "end": ends, "run": rows["run"], "what": rows["detail"]}
    )


def _spans(spans: Sequence[Span]) -> pd.DataFrame:
    rows = [(span.start, span.end, span.run, span.what) for span in spans]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _presses(events: pd.DataFrame) -> pd.DataFrame:
    vain = uncounted_presses(events)
    columns = {"start": vain["onset"], "end": vain["onset"], "run": vain["run"]}
    return pd.DataFrame(columns).assign(what=vain["why"])


def _runs_at(events: pd.DataFrame, moments: pd.Series) -> list[int | None]:
    """The run in which each moment lies: the last that had begun."""
    begun = sittings(events)
    return [_run_at(begun, moment) for moment in moments]


def _run_at(begun: Sequence[Sitting], moment: float) -> int | None:
    there = [sitting.run for sitting in begun if sitting.start <= moment]
    return there[-1] if there else None
