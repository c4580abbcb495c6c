"""What an operator should know right after a session: counts, and anything odd."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from analysis.data.dataset import main_trials
from analysis.data.exclude import checked_values, trials_by_rule
from analysis.data.implausible import implausible
from analysis.data.kinds import Kinds, kinds_of
from analysis.data.sessions.belonging import PLANNED_PHASES, doubts, planned_trials, refused
from analysis.data.sessions.dropped import dropped_frames
from analysis.data.sessions.files import Recorded, read_session
from analysis.data.sessions.numbered import named
from analysis.data.sessions.rigs import shown_facts
from analysis.data.study import tidy_session
from analysis.wording import counted, percent
from analysis.writing.session.event_checks import event_oddities
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import session_folders, strays_in_words
from conditions.study.exclusions import Exclusions
from conditions.study.kinds.kind import NONE
from conditions.trials.course import n_sessions

FAST_S = 0.3
LONG_PAUSE_S = 300.0
SAME_ROW_RUN = 12
DROPPED_SHARE = 0.05
CHANCE = 0.5
# Of the example: a slip of the finger is no oddity.
USUAL_TRIES = 2


@dataclass(frozen=True)
class Session:
    """One participant's session.

    Attributes
    ----------
    participant : int
    raw : DataFrame
        Columns of :data:`conditions.tables.sessions.TRIALS`.
    trials : DataFrame
        The tidy table.
    ratings : DataFrame
        Columns of :data:`conditions.tables.sessions.RATINGS`; may have no rows.
    facts : dict
        Content of ``session.json``; empty where there is none.
    planned : int or None
        Practice and main trials of the condition file; None where it is not there.
    doubts : tuple of str
        Why it may not be a session of the study, or does not agree with itself.
    kinds : Kinds
        The study's kinds of reference images.
    sessions : int
        For how many a participant comes.
    events : DataFrame
        Columns of :data:`conditions.tables.events.EVENTS`; no rows where there are none.
    dropped : DataFrame
        When frames were dropped, of :func:`analysis.data.sessions.dropped.dropped_frames`.
    """

    participant: int
    raw: pd.DataFrame
    trials: pd.DataFrame
    ratings: pd.DataFrame
    facts: dict
    planned: int | None
    doubts: tuple[str, ...]
    events: pd.DataFrame
    dropped: pd.DataFrame
    kinds: Kinds = field(default_factory=Kinds)
    sessions: int = 1


def open_session(folder: StudyFolder, participant: int) -> Session:
    """Read one session.

    Raises
    ------
    StudyError
        Where there is none, it has no answered trial, or a file does not fit.
    """
    recorded = read_session(folder, participant)
    if recorded.trials.empty:
        raise StudyError(f"{recorded.path / 'trials.csv'}: no answered trials yet")
    planned = planned_trials(folder, participant)
    found = [
        *refused(folder, recorded, planned, _others(folder, participant)),
        *doubts(folder, recorded, planned),
    ]
    if words := strays_in_words(folder):
        found.append(words)
    refresh = shown_facts(recorded.facts)[0].get("refresh_hz")
    return Session(
        participant,
        recorded.trials,
        tidy_session(recorded.trials, folder.study.name),
        recorded.ratings,
        recorded.facts,
        None if planned is None else int(planned["phase"].isin(PLANNED_PHASES).sum()),
        tuple(found),
        recorded.events,
        dropped_frames(recorded.path / "frames.csv", recorded.trials, refresh),
        kinds_of(folder.study),
        n_sessions(folder.study),
    )


def _others(folder: StudyFolder, participant: int) -> Iterator[Recorded]:
    """The other sessions, as far as they can be read: this one may be a copy."""
    for number in session_folders(folder.data):
        if number != participant:
            with contextlib.suppress(StudyError):
                yield read_session(folder, number)


def summary_table(session: Session) -> pd.DataFrame:
    """Counts by phase and condition.

    Returns
    -------
    DataFrame
        ``phase`` (practice, main, catch, repeat), ``condition``, ``trials``, ``correct``,
        ``accuracy``, ``median_rt`` (s), ``slowest`` (s), ``confidence`` (mean).
    """
    trials = session.trials
    phase = trials["phase"].mask(trials["catch"], "catch")
    frame = trials.assign(phase=phase, correct=trials["correct"].astype("float64"))
    table = frame.groupby(["phase", "condition"], sort=False).agg(
        trials=("trial", "size"),
        correct=("correct", "sum"),
        accuracy=("correct", "mean"),
        median_rt=("rt", "median"),
        slowest=("rt", "max"),
        confidence=("confidence", "mean"),
    )
    return table.reset_index()


def oddities(session: Session, exclusions: Exclusions) -> list[str]:
    """Anything about a session that should be looked at, one sentence each; best: none."""
    return [
        *session.doubts,
        *implausible(session.raw, session.ratings, exclusions),
        *_example(session),
        *_answers(session),
        *_times(session),
        *_frames(session),
        *event_oddities(session.raw, session.events),
        *_rules(session, exclusions),
    ]


def _example(session: Session) -> Iterator[str]:
    # Sessions of earlier versions say nothing of it.
    asked = [run["example"] for run in session.facts.get("runs", []) if run.get("example")]
    tries = max((example["tries"] for example in asked), default=0)
    if tries > USUAL_TRIES:
        yield (
            f"The example of the instructions was answered {tries} times until it was correct: "
            "were they understood?"
        )


def _answers(session: Session) -> Iterator[str]:
    trials = session.trials
    missed = trials[trials["catch"] & (trials["correct"] == False)]  # noqa: E712 (may be missing)
    if len(missed):
        few = named(missed["trial"])
        yield f"{counted(len(missed), 'catch trial')} answered wrongly (trial {few})."
    main = main_trials(trials)
    shown = main[main["condition"] != NONE]
    if len(shown) and shown["correct"].mean() <= CHANCE:
        yield (
            f"Only {percent(shown['correct'].mean())} % of the main trials with references are "
            "correct: not above chance. Were the instructions understood?"
        )
    run = longest_run(trials["response"])
    if run >= SAME_ROW_RUN:
        yield f"{run} answers in a row chose the same place (upper or lower)."
    if len(main) > 1 and main["confidence"].nunique() == 1:
        yield f"Confidence was {main['confidence'].iloc[0]} in all main trials."
    late = int(trials["timed_out"].sum())
    if late:
        yield f"{counted(late, 'trial')} passed the deadline without an answer."


def _times(session: Session) -> Iterator[str]:
    trials = session.trials
    fast = trials[trials["rt"] < FAST_S]
    if len(fast):
        few = named(fast["trial"])
        yield f"{counted(len(fast), 'answer')} in less than {FAST_S:g} s (trial {few})."
    raw = session.raw.sort_values("trial")
    ends = raw["onset"] + raw["rt"].fillna(0) + raw["confidence_rt"].fillna(0)
    pauses = raw["onset"] - ends.groupby(raw["session"]).shift()
    for row in raw.index[pauses > LONG_PAUSE_S]:
        yield (
            f"A pause of {pauses[row] / 60:.0f} minutes before trial {raw['trial'][row]} "
            "(a break, or the session was resumed)."
        )


def _frames(session: Session) -> Iterator[str]:
    raw = session.raw
    dropped = raw[raw["dropped_frames"] > 0]
    if len(dropped) > DROPPED_SHARE * len(raw):
        worst = raw.iloc[raw["max_frame_ms"].argmax()]
        yield (
            f"{int(raw['dropped_frames'].sum())} frames dropped in {len(dropped)} of {len(raw)} "
            f"trials; the longest took {worst['max_frame_ms']:.0f} ms (trial {worst['trial']})."
        )


def _rules(session: Session, exclusions: Exclusions) -> Iterator[str]:
    for rule, misses in trials_by_rule(session.trials, exclusions).items():
        if misses.any():
            yield f"The study's rule {rule} leaves out {counted(int(misses.sum()), 'trial')}."
    values = checked_values(session.trials).iloc[0]
    for rule, limit in exclusions.declared.items():
        found = values.get(rule.removeprefix("min_").removeprefix("max_"))
        if found is None or pd.isna(found):
            continue
        if (rule.startswith("min_") and found < limit) or (
            rule.startswith("max_") and found > limit
        ):
            yield f"The study's rule {rule} ({limit:g}) leaves this participant out: {found:.3g}."


def longest_run(values: pd.Series) -> int:
    """Length of the longest run of equal values; a missing value ends a run.

    >>> longest_run(pd.Series(["upper", "upper", None, "upper"]))
    2
    """
    known = values.notna()
    starts = (values != values.shift()) | ~known
    return int(known.groupby(starts.cumsum()).sum().max()) if len(values) else 0
