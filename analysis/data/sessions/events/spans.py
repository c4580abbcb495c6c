"""Events as spans of time: the runs of a session, and what began and ended, was lost and back."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from conditions.tables.events import BEGIN, END, INTERRUPTED

LOST, BACK = "lost", "back"
# What takes the whole screen; a mark of feedback stands beside the images.
_SHOWN = ("page", "blank", "fixation", "images")
_ASKED = ("choice", "confidence")
_ROUNDING_S = 1e-3


@dataclass(frozen=True)
class Sitting:
    """A run of a session: what was recorded between a start of the program and its end.

    Attributes
    ----------
    session, run : int
        Of the table of events.
    start, end : float
        Its first moment and its last (s since session start).
    """

    session: int
    run: int
    start: float
    end: float


@dataclass(frozen=True)
class Span:
    """What lasted from one event to another.

    Attributes
    ----------
    what : str
        The rest of the detail: name of a block, a pause, an outlet.
    run : int
        The run that it lies in.
    start, end : float
        Seconds since the session's start; the end of the run where it did not end in it.
    ended : bool
        Whether its end was recorded.
    """

    what: str
    run: int
    start: float
    end: float
    ended: bool = True

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return self.end - self.start

    def holds(self, onsets: pd.Series) -> pd.Series:
        """Which moments lie in it."""
        return (onsets >= self.start) & (onsets <= self.end)


def sittings(events: pd.DataFrame) -> list[Sitting]:
    """The runs of a session in the order in which they began.

    Parameters
    ----------
    events : DataFrame
        Columns of :data:`conditions.tables.events.EVENTS`, of one participant.
    """
    if events.empty:
        return []
    ends = events["onset"] + events["duration"].fillna(0)
    own = [events["session"], events["run"]]
    found = pd.DataFrame(
        {"start": events["onset"].groupby(own).min(), "end": ends.groupby(own).max()}
    )
    return sorted(
        (
            Sitting(int(session), int(run), float(start), float(end))
            for (session, run), start, end in found.itertuples(name=None)
        ),
        key=lambda sitting: (sitting.start, sitting.run),
    )


def begun_and_ended(events: pd.DataFrame, kind: str) -> list[Span]:
    """Blocks, or pauses: from the row that begins one to that which ends it."""
    return _spans(events, kind, lambda detail: _split(detail, BEGIN, END))


def images_shown(events: pd.DataFrame) -> pd.DataFrame:
    """When the images of trials were there, until the answer was complete, in order.

    Returns
    -------
    DataFrame
        ``trial``, ``run``, ``start``, ``end`` (s since session start), ``detail``, and ``whole``:
        whether all was answered that was asked of them, or its time was over. Images without a
        length end where the next thing was shown in their run, or at its end.
    """
    on_screen = events[events["kind"].isin(_SHOWN)].sort_values(["run", "onset"], kind="stable")
    ends = {sitting.run: sitting.end for sitting in sittings(events)}
    after = on_screen["onset"].groupby(on_screen["run"]).shift(-1)
    after = after.fillna(on_screen["run"].map(ends).astype("float64"))
    shown = on_screen[(on_screen["kind"] == "images") & on_screen["trial"].notna()]
    known = shown["duration"].notna()
    end = (shown["onset"] + shown["duration"]).where(known, after[shown.index])
    found = shown[["trial", "run", "detail"]].assign(start=shown["onset"], end=end, whole=known)
    asked = events[events["kind"].isin(_ASKED) & (events["detail"] == INTERRUPTED)]
    for question in asked.itertuples():
        # Of images that came more than once, those that were asked about last.
        of_it = (found["run"] == question.run) & (found["trial"] == question.trial)
        shown_before = found.index[of_it & (found["start"] <= question.onset + _ROUNDING_S)]
        found.loc[shown_before[-1:], "whole"] = False
    return found


def focus_losses(events: pd.DataFrame) -> list[Span]:
    """Times in which another window had the keyboard."""
    return _spans(events, "focus", lambda detail: (detail, "") if detail in (LOST, BACK) else None)


def outlet_losses(events: pd.DataFrame) -> list[Span]:
    """Times in which an outlet for markers was lost, by its name."""
    return _spans(events, "marker", _outlet)


def outlets_of(events: pd.DataFrame) -> list[str]:
    """Names of the outlets that markers were sent to, in the order in which they opened."""
    details = events.loc[events["kind"] == "marker", "detail"].dropna()
    return list(dict.fromkeys(detail.partition(" ")[0] for detail in details))


def _outlet(detail: str) -> tuple[str, str] | None:
    name, _, happened = detail.partition(" ")
    word = happened.partition(" ")[0].rstrip(":,")
    return (word, name) if word in (LOST, BACK) else None


def _split(detail: str, *words: str) -> tuple[str, str] | None:
    first, _, rest = detail.partition(" ")
    return (first, rest) if first in words else None


def _spans(
    events: pd.DataFrame, kind: str, parsed: Callable[[str], tuple[str, str] | None]
) -> list[Span]:
    """Spans of a kind by their starts; what begins twice began with the first."""
    ends = {sitting.run: sitting.end for sitting in sittings(events)}
    rows = events[(events["kind"] == kind) & events["detail"].notna()]
    rows = rows.sort_values(["run", "onset"], kind="stable")
    found: list[Span] = []
    for run, group in rows.groupby("run"):
        going: dict[str, float] = {}
        for onset, detail in zip(group["onset"], group["detail"], strict=True):
            word, what = parsed(detail) or ("", "")
            if word in (BEGIN, LOST):
                going.setdefault(what, onset)
            elif word in (END, BACK) and what in going:
                found.append(Span(what, int(run), going.pop(what), onset))
        found += [Span(what, int(run), onset, ends[run], False) for what, onset in going.items()]
    return sorted(found, key=lambda span: span.start)
