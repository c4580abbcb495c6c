"""Whether a session's events are those of its trials."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.data.sessions.events.spans import sittings
from analysis.data.sessions.numbered import are

# Both tables take these times from one clock; what differs by more was changed by hand.
SAME_S = 1e-3
# A run begins after all that came before, but for clocks that were set back.
CLOCK_S = 1.0


def event_doubts(
    trials: pd.DataFrame, ratings: pd.DataFrame, events: pd.DataFrame
) -> Iterator[str]:
    """What does not fit between events and answers, a sentence each; best: none.

    Results rest on the answers alone: such events are used, and named.

    Parameters
    ----------
    trials, ratings, events : DataFrame
        Of one participant, as :func:`analysis.data.sessions.files.read_session` returns them.
    """
    if events.empty:
        return
    first = events["onset"].min() - SAME_S
    before = trials["onset"] < first
    if before.any():
        yield f"{are(trials['trial'][before])} without events: they came before the first of them."
    yield from _of_images(trials[~before], events)
    yield from _of_choices(trials[~before], events)
    answered = {*trials["trial"], *ratings["trial"]}
    shown = events[events["kind"] == "images"].dropna(subset="trial")
    unknown = sorted({*shown["trial"]} - answered)
    if unknown:
        yield f"{are(unknown)} shown by the events, and not answered."
    begun = sittings(events)
    for earlier, later in pairwise(begun):
        if later.start < earlier.end - CLOCK_S:
            yield f"Run {later.run} began before run {earlier.run} had ended: a clock was set back."


def _of_images(trials: pd.DataFrame, events: pd.DataFrame) -> Iterator[str]:
    """Answered trials whose images the events show at another time, or never."""
    shown = events[events["kind"] == "images"].dropna(subset="trial")
    nearest = _nearest(trials, shown)
    without = nearest["onset_event"].isna()
    if without.any():
        yield f"{are(trials['trial'][without])} answered, and not shown by the events."
    apart = (nearest["onset_event"] - trials["onset"]).abs() > SAME_S
    if apart.any():
        i = trials.index[apart][0]
        yield (
            f"{are(trials['trial'][apart])} shown at another time by the events: trial "
            f"{trials['trial'][i]} at {nearest['onset_event'][i]:.3f} s, in trials.csv at "
            f"{trials['onset'][i]:.3f} s."
        )


def _of_choices(trials: pd.DataFrame, events: pd.DataFrame) -> Iterator[str]:
    """Answers that the events tell otherwise."""
    asked = events[events["kind"] == "choice"].dropna(subset="trial")
    nearest = _nearest(trials, asked)
    there = (nearest["onset_event"] - trials["onset"]).abs() <= SAME_S
    told = nearest["detail"].where(nearest["detail"].notna(), None)
    response = trials["response"].where(trials["response"].notna(), None)
    other = there & (told != response) & ~(told.isna() & response.isna())
    other |= there & ((nearest["duration"] - trials["rt"]).abs() > SAME_S)
    if other.any():
        yield f"{are(trials['trial'][other])} answered otherwise by the events; trials.csv is used."


def _nearest(trials: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """For each trial, of the events with its number the one that is nearest in time.

    A trial that was interrupted or killed is shown again, and has events each time.
    """
    pairs = (
        trials[["trial", "onset"]]
        .reset_index()
        .merge(
            events[["trial", "onset", "duration", "detail"]], on="trial", suffixes=("", "_event")
        )
    )
    apart = (pairs["onset_event"] - pairs["onset"]).abs().astype(np.float64)
    nearest = pairs.loc[apart.groupby(pairs["index"]).idxmin()]
    return nearest.set_index("index").reindex(trials.index)
