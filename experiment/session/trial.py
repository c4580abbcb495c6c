"""One trial: fixation, images, choice, confidence, feedback."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from conditions.study.answering import Keys, Timing
from experiment.keyboard.listener import Press
from experiment.keyboard.observer import Kind, Observer, Question
from experiment.keyboard.watched import WatchedKeyboard
from experiment.plan import Trial
from experiment.screen.pages import EscapedError, FocusLostError
from experiment.screen.trials.marks import Mark, feedback_marks
from experiment.screen.trials.trial_screen import TrialScreen

Clock = Any  # psychopy.core.Clock: the library ships no types.


@dataclass(frozen=True)
class Onset:
    """When images came on the screen: seconds since the session's start, and ISO 8601."""

    onset: float
    started_at: str


@dataclass(frozen=True)
class Answer:
    """What was measured in a trial; see the table of trials for the meaning of the fields."""

    onset: float
    started_at: str
    response: str | None = None
    correct: bool | None = None
    confidence: int | None = None
    rt: float | None = None
    confidence_rt: float | None = None
    timed_out: bool = False
    frame_intervals: tuple[float, ...] = ()


@dataclass(frozen=True)
class Meeting:
    """Who meets in a trial: the screen, the keyboard and the observer, with their rules.

    ``period`` are the seconds between two refreshes, ``clock`` counts from the session's start.
    """

    screen: TrialScreen
    keyboard: WatchedKeyboard
    observer: Observer
    timing: Timing
    keys: Keys
    period: float
    clock: Clock

    def onset(self) -> Onset:
        """Start the reaction time and take note of the moment; to be called on the flip."""
        self.keyboard.start()
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        return Onset(self.clock.getTime(), now)


def meanings(keys: Keys) -> dict[str, tuple[str, int | None]]:
    """What each key says that answers a trial: the query, and the confidence if it tells it.

    >>> meanings(Keys(mode="combined"))["e"]
    ('upper', 3)
    """
    if keys.mode == "two_stage":
        both = (("upper", keys.upper), ("lower", keys.lower))
        return {key: (query, None) for query, names in both for key in names}
    rows = (("upper", keys.upper_confidence), ("lower", keys.lower_confidence))
    return {
        key: (query, i)
        for query, row in rows
        for i, names in enumerate(row, start=1)
        for key in names
    }


def _first_keys(says: dict[str, Any]) -> tuple[str, ...]:
    """The first key of each meaning."""
    first: dict[Any, str] = {}
    for key, meaning in says.items():
        first.setdefault(meaning, key)
    return tuple(first.values())


def run_trial(
    meeting: Meeting,
    trial: Trial,
    on_shown: Callable[[Onset], None],
    on_answer: Callable[[Answer], None],
) -> Answer:
    """Run a loaded trial from its fixation cross to the end of the feedback.

    The first answering key that goes down after the onset counts, by its own time stamp. A key
    that was held since before the onset, any further key, and a confidence that comes before the
    choice count for nothing; of two keys at once the earlier counts.

    Parameters
    ----------
    meeting, trial
        Who meets, and the row of the condition file; the patch shows nothing of an example, which
        has no number.
    on_shown : callable
        Called once the images are shown.
    on_answer : callable
        Called with the whole answer at its last press, or at the deadline: before anything else is
        shown, so that whatever happens during the feedback finds it on disk.

    Raises
    ------
    EscapedError
        On Escape before the answer is complete.
    FocusLostError
        Where another window got the keyboard before that.
    """
    screen, keyboard, observer = meeting.screen, meeting.keyboard, meeting.observer
    timing, period, window = meeting.timing, meeting.period, meeting.screen.window
    number = trial["trial"]
    keyboard.now("fixation", number)
    screen.fixate(keyboard, timing.fixation, period, until=lambda: keyboard.lost)
    screen.ask_choice(trial)
    onsets: list[Onset] = []
    keyboard.presses()  # An Escape that was pressed just now is not forgotten at the onset.
    if keyboard.lost:
        raise FocusLostError
    keyboard.now("choice", number)
    screen.mark(number is not None)
    window.callOnFlip(lambda: onsets.append(meeting.onset()))
    screen.draw()
    window.flip()
    on_shown(onsets[0])
    started = asdict(onsets[0])
    window.frameIntervals = []
    window.recordFrameIntervals = True
    try:
        says = meanings(meeting.keys)
        kind: Kind = "choice" if meeting.keys.mode == "two_stage" else "combined"
        observer.asked(Question(kind, _first_keys(says), trial))
        choice = _await(meeting, tuple(says), timing.deadline)
        if choice is None:
            answer = Answer(**started, timed_out=True)
        else:
            response, confidence = says[choice.key]
            answer = Answer(
                **started,
                response=response,
                correct=response == trial["correct_response"],
                confidence=confidence,
                rt=choice.rt,
            )
            if confidence is None:
                marks = {response: Mark.CHOSEN}
                confidence, seconds = _ask_confidence(meeting, trial, marks, choice.rt)
                answer = replace(answer, confidence=confidence, confidence_rt=seconds)
    finally:
        window.recordFrameIntervals = False
        screen.mark(False)
    answer = replace(answer, frame_intervals=tuple(window.frameIntervals))
    on_answer(answer)
    _give_feedback(meeting, trial, answer)
    return answer


def _ask_confidence(
    meeting: Meeting, trial: Trial, marks: dict[str, Mark], chosen_at: float
) -> tuple[int, float]:
    """Confidence, and the seconds from the choice until it was given."""
    screen, levels = meeting.screen, enumerate(meeting.keys.confidence, start=1)
    says = {key: level for level, names in levels for key in names}
    meeting.keyboard.now("confidence", trial["trial"])
    screen.ask_confidence()
    screen.draw(marks=marks)
    screen.window.flip()
    meeting.observer.asked(Question("confidence", _first_keys(says), trial))
    press = _await(meeting, tuple(says), None, marks, after=chosen_at)
    assert press is not None  # There is no deadline that could pass.
    return says[press.key], press.rt - chosen_at


def _give_feedback(meeting: Meeting, trial: Trial, answer: Answer) -> None:
    screen, timing = meeting.screen, meeting.timing
    meeting.keyboard.now("feedback", trial["trial"])
    if answer.response is not None:
        chosen = {answer.response: Mark.CHOSEN}
        screen.hold(
            meeting.keyboard, timing.feedback_delay, meeting.period, asks=False, marks=chosen
        )
    marks = {}
    if timing.feedback > 0:
        marks = feedback_marks(trial["correct_response"], answer.response)
        meeting.observer.asked(Question("feedback", (), trial))
    if answer.timed_out:
        screen.say_too_slow()
    seconds = timing.feedback or (timing.feedback_delay if answer.timed_out else 0)
    screen.hold(meeting.keyboard, seconds, meeting.period, asks=answer.timed_out, marks=marks)


def _await(
    meeting: Meeting,
    wanted: tuple[str, ...],
    deadline: float | None,
    marks: dict[str, Mark] | None = None,
    after: float = 0.0,
) -> Press | None:
    """The first press of a wanted key after a time; None once the deadline has passed."""
    screen, keyboard = meeting.screen, meeting.keyboard
    while True:
        if keyboard.escaped:
            raise EscapedError
        # The time is read before the presses: one that came in time is among them then.
        late = deadline is not None and keyboard.time() > deadline
        presses = keyboard.presses()
        if keyboard.lost:
            keyboard.take_back()
            raise FocusLostError
        for press in presses:
            in_time = deadline is None or press.rt <= deadline
            key = press.among(wanted)
            if key is not None and press.rt >= after and in_time:
                return replace(press, key=key)
        if late:
            return None
        screen.draw(marks=marks)
        screen.window.flip()
