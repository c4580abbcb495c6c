"""Several sessions of one participant: whether all were done, how long they took, in words."""

from collections.abc import Iterator

import pandas as pd

from analysis.data.sessions.files import Recorded
from analysis.data.sessions.numbered import named
from conditions.study.study import Study
from conditions.trials.course import n_sessions, sessions_of

# Instructions before the first answer and pages after the last are no part of what lay between.
_LEEWAY_HOURS = 0.5


def session_doubts(study: Study, session: Recorded, planned: pd.DataFrame) -> Iterator[str]:
    """What does not fit in the numbers of sessions, a sentence each; best: none.

    Parameters
    ----------
    study : Study
        The study.
    session : Recorded
        What a participant left.
    planned : DataFrame
        The participant's condition file.
    """
    last = n_sessions(study)
    wanted = dict(
        zip(planned["trial"], sessions_of(study, session.participant, planned), strict=True)
    )
    tables = [table[["trial", "session"]] for table in (session.trials, session.ratings)]
    rows = pd.concat(tables, ignore_index=True)
    right = rows["trial"].map(wanted).fillna(last)
    wrong = rows[rows["session"] != right]
    if len(wrong):
        yield (
            f"{len(wrong)} rows (trial {named(wrong['trial'])}) say session "
            f"{wrong['session'].iloc[0]}, the study places the first of them in session "
            f"{int(right[wrong.index].iloc[0])}."
        )
    if last == 1:
        return
    done = {int(trial) for trial in rows["trial"]}
    missing = {wanted[trial] for trial in wanted if int(trial) not in done}
    begun = {number for trial, number in wanted.items() if int(trial) in done}
    for number in sorted(set(range(1, last + 1)) - begun):
        yield f"Session {number} of {last} was not begun."
    for number in sorted(missing & begun):
        yield f"Session {number} of {last} is not complete."
    yield from _times_between(study, session.trials)


def _times_between(study: Study, trials: pd.DataFrame) -> Iterator[str]:
    """Sessions that began sooner or later after the one before than the study wants."""
    between = study.between_sessions
    least, most = between.least_hours, between.most_hours
    begun = trials.groupby("session")["onset"].min()
    ended = (trials["onset"] + trials["rt"].fillna(0)).groupby(trials["session"]).max()
    for number in begun.index:
        hours = (begun[number] - ended.get(number - 1, float("nan"))) / 3600
        early = least is not None and hours < least
        late = most is not None and hours > most + _LEEWAY_HOURS
        if early or late:
            yield (
                f"Session {number} began {hours:.1f} hours after the end of session {number - 1}, "
                f"the study wants {between.words}."
            )


def minutes_of(trials: pd.DataFrame) -> pd.Series:
    """How long participants took for their trials: what lies between two sessions is left out.

    Parameters
    ----------
    trials : DataFrame
        ``participant``, ``session``, ``onset`` and ``rt`` (s).

    Returns
    -------
    Series
        Minutes from the first onset of a session to its last answer, summed over the sessions of
        each participant, by whose number it is indexed; NaN where it is not known.
    """
    own = [trials["participant"], trials["session"]]
    ends = (trials["onset"] + trials["rt"].fillna(0)).groupby(own).max()
    took = (ends - trials["onset"].groupby(own).min()).astype("float64")
    return took.groupby(level="participant").sum(min_count=1) / 60


def sessions_in_words(trials: pd.DataFrame) -> str:
    """In how many sessions participants answered, as in ``in 2 sessions each``; empty for one."""
    counts = trials.groupby("participant")["session"].nunique()
    most = int(counts.max()) if len(counts) else 1
    if most == 1:
        return ""
    if (counts == most).all():
        return f"in {most} sessions each"
    whole = int((counts == most).sum())
    return f"in {most} sessions each ({whole} of {len(counts)} came to all of them)"
