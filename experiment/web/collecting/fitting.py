"""Whether answers are those of the study and of the participant's condition file, row by row."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.session_facts import moment
from conditions.tables.sessions import TRIALS
from conditions.trials.course import n_sessions
from conditions.yaml.loading import shortened
from experiment.plan import Trial
from experiment.web.collecting.answers import EventRecord, Line, RatingRecord, TrialRecord
from experiment.web.collecting.planned import Planned, as_cell
from experiment.web.collecting.sittings import Sitting, Sittings

# What trials.csv keeps of a condition file is in each answer; the references may be.
_NEEDED = [name for name in CONDITION_FILE.column_names if name in TRIALS.column_names]
# A press in time is handled a little later; clocks of one browser agree to some milliseconds.
LATE_S, CLOCK_S = 0.1, 1.0


@dataclass
class Fitted:
    """The answers of a participant, each with its run's place among all.

    Attributes
    ----------
    trials : list of tuple
        Run (from 0), decided row (with ``repeat_of`` where it is a repeat), record.
    ratings : list of tuple
        Run, decided row, record.
    events : list of tuple
        Run, record.
    is_complete : bool
        Whether nothing of the last session is left to answer.
    is_between : bool
        Whether a session but the last is complete, and the next has not been begun.
    """

    trials: list[tuple[int, Trial, TrialRecord]] = field(default_factory=list)
    ratings: list[tuple[int, Trial, RatingRecord]] = field(default_factory=list)
    events: list[tuple[int, EventRecord]] = field(default_factory=list)
    is_complete: bool = False
    is_between: bool = False


def fit(folder: StudyFolder, participant: int, sittings: Sittings) -> Fitted:
    """Check the answers of a participant against what was decided.

    Parameters
    ----------
    folder : StudyFolder
        The study, with the participant's condition file.
    participant : int
        Whose.
    sittings : tuple of Sitting
        All runs, in order.

    Raises
    ------
    StudyError
        Names file, line, field, what was found and what is wanted.
    """
    plan, fitted = Planned(folder, participant), Fitted()
    answered: dict[int, Line] = {}
    last, over = 0.0, _LONG_AGO
    for i, sitting in enumerate(sittings):
        _check_run(folder, sitting, plan, over)
        if i and sitting.run.session != sittings[i - 1].run.session:
            # Each session counts its seconds from its own start.
            last = 0.0
        over = max(over, sitting.began)
        for line in sitting.lines[1:]:
            record = line.record
            if isinstance(record, TrialRecord):
                row = _next(plan, line, record, len(fitted.trials), answered)
                _check_row(line, record, row, sitting.run.session, plan)
                last = _check_answer(folder, line, record, row, last)
                answered[record.trial] = line
                if record.confidence is not None:
                    plan.confidence[record.trial] = record.confidence
                fitted.trials.append((i, row, record))
                over = _moved(over, record.started_at, last - record.onset)
            elif isinstance(record, RatingRecord):
                row = _check_rating(plan, line, record, fitted, answered)
                fitted.ratings.append((i, row, record))
                answered[record.trial] = line
            elif isinstance(record, EventRecord):
                plan.trial(len(fitted.trials))  # Of a repeat events come before its answer.
                if record.trial is not None and not plan.knows(record.trial):
                    _refuse(line, "trial", record.trial, f"a trial of participant {participant}")
                fitted.events.append((i, record))
    _say_how_far(plan, fitted, sittings)
    return fitted


_OTHER = {
    "study": "another study",
    "fingerprint": "another study, or to a page written before study.yaml was changed",
    "conditions_sha256": "another condition file",
}
# Clocks that have lost their battery begin anew in 1970 or 1980: such a date is one.
_LONG_AGO = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
_FAR_OFF = datetime.fromisoformat("9000-01-01T00:00:00+00:00")


def _refuse(line: Line, name: str, found: object, wanted: object, why: str = "") -> NoReturn:
    because = f": {why}" if why else ""
    raise StudyError(
        f"{line.place}: {name}: found {_shown(found)}, wanted {_shown(wanted)}{because}"
    )


def _shown(value: object) -> str:
    return shortened(value) if isinstance(value, str) and value else shortened(repr(value))


def _check_run(folder: StudyFolder, sitting: Sitting, plan: Planned, over: datetime) -> None:
    line, run, study = sitting.lines[0], sitting.run, folder.study
    wanted = {
        "study": study.name,
        "fingerprint": study.fingerprint(),
        "conditions_sha256": plan.sha256,
    }
    for name, value in wanted.items():
        if getattr(run, name) != value:
            _refuse(line, name, getattr(run, name), value, f"these are answers to {_OTHER[name]}")
    if study.consent is not None and run.consent is None:
        _refuse(line, "consent", None, "what the participant agreed to: the study asks for it")
    if run.session > n_sessions(study):
        _refuse(line, "session", run.session, f"at most {n_sessions(study)}")
    if run.language not in study.languages:
        _refuse(line, "language", run.language, f"one of {', '.join(study.languages)}")
    if not _LONG_AGO < sitting.began < _FAR_OFF:
        _refuse(line, "started_at", run.started_at, "a date that a clock can show")
    if sitting.began < over - timedelta(seconds=CLOCK_S):
        _refuse(
            line,
            "started_at",
            run.started_at,
            f"at least {over.isoformat()}",
            "the answers before it came later: two windows at once",
        )


def _next(
    plan: Planned, line: Line, record: TrialRecord, number: int, answered: dict[int, Line]
) -> Trial:
    """The decided trial that an answer must be to: the first that has none."""
    if record.trial in answered:
        there = answered[record.trial].place
        raise StudyError(
            f"{line.place}: trial: found {record.trial}, which is answered in {there}: did two "
            "people have one number?"
        )
    row = plan.trial(number)
    if row is None:
        _refuse(line, "trial", record.trial, "the end: all trials are answered")
    if record.trial != row["trial"]:
        _refuse(line, "trial", record.trial, f"{row['trial']}, the first without an answer")
    return row


def _check_row(line: Line, record: TrialRecord, row: Trial, session: int, plan: Planned) -> None:
    for name in _NEEDED:
        if name not in record.row:
            raise StudyError(f"{line.place}: field row.{name} is missing")
    for name, found in record.row.items():
        # Whatever a page adds of its own is no column.
        if name in row and as_cell(found) != as_cell(row[name]):
            _refuse(line, f"row.{name}", found, as_cell(row[name]) or "nothing")
    if record.repeat_of != row.get("repeat_of"):
        _refuse(line, "repeat_of", record.repeat_of, row.get("repeat_of"))
    if session != plan.session_of(row):
        _refuse(line, "session of the run", session, plan.session_of(row))


def _check_answer(
    folder: StudyFolder, line: Line, record: TrialRecord, row: Trial, last: float
) -> float:
    """Check an answer by itself; the moment at which it was complete, in seconds."""
    timing, two_stage = folder.study.timing, folder.study.keys.mode == "two_stage"
    late = record.response is None
    if record.timed_out != late:
        _refuse(line, "timed_out", record.timed_out, f"{late}, by the response")
    if late and timing.deadline is None:
        _refuse(line, "timed_out", True, "an answer: the study has no deadline")
    correct = None if late else record.response == row["correct_response"]
    wanted = {"correct": correct}
    if late:
        wanted |= dict.fromkeys(("confidence", "rt", "confidence_rt"))
    for name, value in wanted.items():
        if getattr(record, name) != value:
            _refuse(line, name, getattr(record, name), f"{value!r}, by response and trial")
    if not late:
        for name in ("rt", "confidence", *(("confidence_rt",) if two_stage else ())):
            if getattr(record, name) is None:
                _refuse(line, name, None, "a number: the trial was answered")
        if not two_stage and record.confidence_rt is not None:
            _refuse(line, "confidence_rt", record.confidence_rt, "null: one press says both")
    rt = record.rt or 0.0
    if timing.deadline is not None and rt > timing.deadline + LATE_S:
        _refuse(line, "rt", rt, f"at most the deadline of {timing.deadline:g} s")
    if record.onset < last - CLOCK_S:
        _refuse(line, "onset", record.onset, f"at least {last:.3f}", "the answer before it")
    return record.onset + rt + (record.confidence_rt or 0.0)


def _check_rating(
    plan: Planned, line: Line, record: RatingRecord, fitted: Fitted, answered: dict[int, Line]
) -> Trial:
    if record.trial in answered:
        raise StudyError(
            f"{line.place}: trial: found {record.trial}, which is rated in "
            f"{answered[record.trial].place}: did two people have one number?"
        )
    if len(fitted.ratings) == len(plan.rated):
        _refuse(line, "trial", record.trial, "the end: all ratings are given")
    row, when = plan.rated[len(fitted.ratings)]
    if record.trial != row["trial"]:
        _refuse(line, "trial", record.trial, f"{row['trial']}, the first without a rating")
    if record.moment != when:
        _refuse(line, "moment", record.moment, when)
    if record.unit != row["unit"]:
        _refuse(line, "unit", record.unit, row["unit"])
    due = len(fitted.trials) == 0 if when == "beginning" else plan.trial(len(fitted.trials)) is None
    if not due:
        wanted = "before all other trials" if when == "beginning" else "after all other trials"
        _refuse(line, "moment", f"{when}, after {len(fitted.trials)} trials", wanted)
    return row


def _moved(over: datetime, started_at: str, seconds: float) -> datetime:
    try:
        return max(over, moment(started_at) + timedelta(seconds=seconds))
    except OverflowError:
        return over


def _say_how_far(plan: Planned, fitted: Fitted, sittings: Sittings) -> None:
    left = plan.trial(len(fitted.trials))
    rated = len(fitted.ratings) == len(plan.rated)
    fitted.is_complete = left is None and rated
    if left is not None and sittings and fitted.trials:
        fitted.is_between = plan.session_of(left) > sittings[-1].run.session
