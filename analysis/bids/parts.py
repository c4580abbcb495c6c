"""What belongs into the files of one BIDS run: trials and events between two interruptions."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.data.sessions.events.spans import Sitting, sittings
from analysis.data.sessions.files import Recorded

# A trial's onset and that of its run come from one clock, but are rounded when they are written.
_ROUNDING_S = 1e-3


@dataclass(frozen=True)
class Part:
    """A session, or one run of a session that was resumed.

    Attributes
    ----------
    labels : tuple of str
        Entities of the names of its files, as in ``sub-001``, ``ses-2``; without the run.
    run : int or None
        Number of the run; None where the session has one alone.
    trials, events : DataFrame
        Columns of ``TRIALS`` and of ``EVENTS``; one of them may have no rows.
    origin : float
        Seconds from the start of the participant's first session to that of this part, from
        which the onsets in it count.
    """

    labels: tuple[str, ...]
    run: int | None
    trials: pd.DataFrame
    events: pd.DataFrame
    origin: float = 0.0


def labels_of(participant: int, session: int | None = None) -> tuple[str, ...]:
    """Entities of the names of a participant's files.

    >>> labels_of(7, 2)
    ('sub-007', 'ses-2')
    """
    subject = f"sub-{participant:03d}"
    return (subject,) if session is None else (subject, f"ses-{session}")


def parts_of(session: Recorded, several: bool) -> list[Part]:
    """Parts of what one participant left, in order; there is none without a row.

    To the specification a run is an *uninterrupted* repetition, and onsets count from its
    beginning: a session that was resumed has several. Which trials belong to which is told by the
    events; without these a session is one part, whose onsets stay as they are.

    Parameters
    ----------
    session : Recorded
        What the participant left.
    several : bool
        Whether the study has several sessions, which become part of the names.

    References
    ----------
    https://bids-specification.readthedocs.io, Common principles: definition of *run*; Task events.
    """
    trials, events = session.trials, session.events
    if not several:
        return list(_runs(labels_of(session.participant), trials, events, is_first=True))
    numbers = sorted({*trials["session"], *events["session"]})
    return [
        part
        for number in numbers
        for part in _runs(
            labels_of(session.participant, number),
            trials[trials["session"] == number],
            events[events["session"] == number],
            is_first=number == numbers[0],
        )
    ]


def _runs(
    labels: tuple[str, ...], trials: pd.DataFrame, events: pd.DataFrame, is_first: bool
) -> Iterator[Part]:
    found = sittings(events)
    if not found:
        if len(trials):
            yield Part(labels, None, trials, events)
        return
    begun = pd.Series([sitting.start for sitting in found])
    # The last run that had begun; -1: a run before the first with events.
    place = begun.searchsorted(trials["onset"] + _ROUNDING_S, side="right") - 1
    before = trials[place < 0]
    alone = len(found) == 1 and before.empty
    if len(before):
        yield Part(labels, 1, before, events.iloc[:0])
    for i, sitting in enumerate(found):
        yield Part(
            labels,
            None if alone else sitting.run,
            trials[place == i],
            _of(events, sitting),
            0.0 if is_first and i == 0 and before.empty else sitting.start,
        )


def _of(events: pd.DataFrame, sitting: Sitting) -> pd.DataFrame:
    return events[(events["session"] == sitting.session) & (events["run"] == sitting.run)]
