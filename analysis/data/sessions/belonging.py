"""Whether a session is one of the study, of this participant, and agrees with itself.

What would make the results wrong is refused; what may be right is used and named.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import pandas as pd

from analysis.data.sessions.differences import differences
from analysis.data.sessions.events.agreement import event_doubts
from analysis.data.sessions.events.attention import focus_doubts
from analysis.data.sessions.events.markers import file_doubts, marker_doubts
from analysis.data.sessions.files import HUMAN, Recorded
from analysis.data.sessions.numbered import are
from analysis.data.sessions.numbers import session_doubts
from analysis.data.sessions.rigs import shown_facts
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.kinds.kind import NONE
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table, table_sha256
from conditions.tables.session_facts import moment
from conditions.trials.repeats import choose_repeats

PLANNED_PHASES = ("practice", "main")
# Two sessions that share so many of the answers' times are one: a clock in microseconds does not
# strike twice.
COPIED_SHARE, COPIED_TRIALS = 0.5, 2
# An answer ends before the next onset, but for clocks that were set while the session stood still.
CLOCK_S = 1.0


def planned_trials(folder: StudyFolder, participant: int) -> pd.DataFrame | None:
    """The participant's condition file; None where it is not there or cannot be read."""
    path = folder.condition_file(participant)
    try:
        return read_table(path, CONDITION_FILE) if path.is_file() else None
    except StudyError:
        return None


def refused(
    folder: StudyFolder,
    session: Recorded,
    planned: pd.DataFrame | None,
    others: Iterable[Recorded] = (),
) -> Iterator[str]:
    """Why a session is not to be counted, one message each; best: none.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    session : Recorded
        The session.
    planned : DataFrame or None
        Of :func:`planned_trials`.
    others : iterable of Recorded
        Sessions that it may be a copy of.
    """
    if not _same_study(folder, session) and not _as_planned(session, planned):
        found, wanted = session.facts["study_sha256"], folder.study.fingerprint()
        file = folder.condition_file(session.participant)
        compared = "its trials are not those of" if planned is not None else "there is no readable"
        yield (
            f"{session.path / 'session.json'}: study_sha256: found {found[:12]}…, wanted "
            f"{wanted[:12]}…, and {compared} {file}: a session of another study. Move the folder "
            f"out of {folder.data}"
        )
    known = [*folder.study.references, NONE]
    strange = session.trials["condition"].dropna()
    strange = strange[~strange.isin(known)]
    if len(strange):
        yield (
            f"{session.path / 'trials.csv'}: row {strange.index[0] + 2}, column condition: found "
            f"{strange.iloc[0]}, wanted one of {', '.join(known)}: a session of another study, or "
            "of this one before its references were renamed"
        )
    times = _times(session)
    for other in others:
        shared = (times & _times(other)).total()
        least = min(times.total(), _times(other).total())
        if shared >= max(COPIED_TRIALS, COPIED_SHARE * least):
            yield (
                f"{session.path}: found the answers of {other.path.name} ({shared} trials with the "
                f"same times): one is a copy of the other. Move it out of {folder.data}"
            )


def doubts(folder: StudyFolder, session: Recorded, planned: pd.DataFrame | None) -> Iterator[str]:
    """What does not fit together in a session that is used, a sentence each; best: none."""
    yield from session.remarks
    if session.trials.empty:
        return
    yield from _facts(folder, session, planned)
    yield from _plan(folder, session, planned)
    yield from _answers(session.trials)
    yield from _order(session.trials)
    yield from event_doubts(session.trials, session.ratings, session.events)
    yield from focus_doubts(session.events)
    yield from marker_doubts(session.trials, session.events, folder.study.marker_codes)
    markers = session.path / "markers.csv"
    yield from file_doubts(markers, session.participant, session.events, session.facts)


def _same_study(folder: StudyFolder, session: Recorded) -> bool:
    return session.facts.get("study_sha256") in (None, folder.study.fingerprint())


def _as_planned(session: Recorded, planned: pd.DataFrame | None) -> bool:
    return planned is not None and not differences(session.trials, planned)


def _times(session: Recorded) -> Counter[tuple]:
    answered = session.trials[session.trials["rt"].notna()]
    names = ["trial", "rt", "onset", "started_at"]
    return Counter(answered[names].itertuples(index=False, name=None))


def _facts(folder: StudyFolder, session: Recorded, planned: pd.DataFrame | None) -> Iterator[str]:
    facts = session.facts
    if session.observer != HUMAN:
        yield f"The answers are those of the observer {session.observer}, not of a person."
    if not _same_study(folder, session) and _as_planned(session, planned):
        yield (
            "session.json names another study, or this one before it was changed, but the trials "
            "are those of the condition file."
        )
    number = facts.get("participant", session.participant)
    if number != session.participant:
        yield f"session.json is of participant {number}, not of {session.participant}."
    if field := shown_facts(facts)[1]:
        yield f"session.json is damaged ({field}): how images were shown is not known."
    if facts and facts["state"] not in ("complete", "between sessions"):
        yield f"The session is not complete: session.json says {facts['state']}."


def _plan(folder: StudyFolder, session: Recorded, planned: pd.DataFrame | None) -> Iterator[str]:
    name = folder.relative(folder.condition_file(session.participant))
    if planned is None:
        yield f"No readable {name}: whether its trials were shown is not known."
        return
    used = session.facts.get("condition_file_sha256")
    if used not in (None, table_sha256(planned, CONDITION_FILE)):
        yield f"{name} has been changed since the session."
    yield from session_doubts(folder.study, session, planned)
    asked = int(planned["phase"].isin(PLANNED_PHASES).sum())
    done = int(session.trials["phase"].isin(PLANNED_PHASES).sum())
    if done < asked:
        yield f"Not complete: {done} of {asked} trials are answered."
    elif asked:
        yield from _at_the_end(folder, session, planned)
    found = differences(session.trials, planned)
    if found:
        trials = list(dict.fromkeys(trial for trial, *_ in found))
        trial, column, there, wanted = found[0]
        yield (
            f"{are(trials)} not of {name}: trial {trial}, column {column}: found {there}, "
            f"planned {wanted}."
        )


def _at_the_end(folder: StudyFolder, session: Recorded, planned: pd.DataFrame) -> Iterator[str]:
    """Repeats and ratings that a session with all its trials lacks."""
    known = session.trials[session.trials["phase"] != "repeat"].dropna(subset="confidence")
    confidence = dict(zip(known["trial"].astype(int), known["confidence"].astype(int), strict=True))
    decided = planned.dropna(subset="correct_response")
    repeats = choose_repeats(folder.study, session.participant, decided, confidence)
    rated = planned[planned["phase"] == "intuitiveness"]
    for what, wanted, there in (
        ("repeats are answered", repeats, session.trials),
        ("ratings are given", rated, session.ratings),
    ):
        done = int(wanted["trial"].isin(there["trial"]).sum())
        if done < len(wanted):
            yield f"Not complete: {done} of {len(wanted)} {what}."


def _answers(trials: pd.DataFrame) -> Iterator[str]:
    known = trials["correct_response"].notna()
    right = trials["response"] == trials["correct_response"]
    both = known & trials["response"].notna() & trials["correct"].notna()
    against = both & (trials["correct"].fillna(False).astype(bool) != right)
    if against.any():
        yield (
            f"{are(trials['trial'][against])} answered otherwise than the column correct "
            "says (response and correct_response); correct is used."
        )
    half = known & (trials["response"].notna() != trials["correct"].notna())
    if half.any():
        yield f"{are(trials['trial'][half])} half answered: response or correct is empty."
    late = trials["timed_out"] == trials["response"].notna()
    if late.any():
        yield (f"{are(trials['trial'][late])} in doubt: timed_out says the contrary of response.")
    if (again := trials["shown_before"].fillna(0) > 0).any():
        yield (
            f"{are(trials['trial'][again])} shown earlier too, without an answer (shown_before)."
        )


def _order(trials: pd.DataFrame) -> Iterator[str]:
    if not trials["trial"].is_monotonic_increasing:
        yield "The rows are not in the order of the trials."
    rows = trials.sort_values(["session", "trial"])
    spent = rows["rt"].fillna(0) + rows["confidence_rt"].fillna(0)
    ended = (rows["onset"] + spent).groupby(rows["session"]).shift()
    early = rows["onset"] < ended - CLOCK_S
    if early.any():
        yield f"{are(rows['trial'][early])} shown before the answer to the trial before."
    try:
        begun = rows["started_at"].map(lambda text: moment(text).timestamp())
    except ValueError as error:
        yield f"started_at is no date and time with UTC offset ({error})."
        return
    back = begun < begun.groupby(rows["session"]).shift()
    if back.any():
        yield f"{are(rows['trial'][back])} begun before the last one: the clock was set back."
