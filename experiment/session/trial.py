"""One trial: fixation, images, choice, confidence, feedback."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from math import inf
from typing import Any

from conditions.study.answering import Keys
from conditions.study.markers.codes import images_word
from experiment.keyboard.listener import Press
from experiment.keyboard.observer import Kind, Question
from experiment.plan import Trial
from experiment.screen.pages import EscapedError, FocusLostError
from experiment.screen.trials.marks import Mark, feedback_marks
from experiment.session.meeting import Meeting, Onset

EXAMPLE = "example"


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
    number, events, keys = trial["trial"], meeting.events, meeting.keys.answers
    keyboard.now("fixation", number)
    events.phase("before", number, answers=keys)
    crossed = partial(events.appears, "fixation", trial=number)
    screen.fixate(keyboard, timing.fixation, period, lambda: keyboard.lost, crossed)
    screen.ask_choice(trial)
    onsets: list[Onset] = []
    keyboard.presses()  # An Escape that was pressed just now is not forgotten at the onset.
    if keyboard.lost:
        raise FocusLostError
    keyboard.now("choice", number)
    screen.mark(number is not None)
    window.callOnFlip(lambda: onsets.append(meeting.onset(number, *_shown_as(trial))))
    screen.draw()
    window.flip()
    started, at = asdict(onsets[0]), onsets[0].onset
    says, over = meanings(meeting.keys), at + (timing.deadline or inf)
    events.asks("choice", number, at)
    events.phase("choice", number, says, keys, at, over)
    on_shown(onsets[0])
    window.frameIntervals = []
    window.recordFrameIntervals = True
    try:
        kind: Kind = "choice" if meeting.keys.mode == "two_stage" else "combined"
        observer.asked(Question(kind, _first_keys(says), trial))
        choice = _await(meeting, tuple(says), timing.deadline)
        if choice is None:
            answer = Answer(**started, timed_out=True)
            at = meeting.clock.getTime()
            events.answers("", at)
        else:
            response, confidence = says[choice.key]
            at += choice.rt
            level = "" if confidence is None else f"_{confidence}"
            events.counts(choice, f"choice_{response}{level}")
            events.answers(response, at, choice.rt)
            answer = Answer(
                **started,
                response=response,
                correct=response == trial["correct_response"],
                confidence=confidence,
                rt=choice.rt,
            )
            if confidence is None:
                marks = {response: Mark.CHOSEN}
                confidence, seconds = _ask_confidence(meeting, trial, marks, choice.rt, at)
                at += seconds
                answer = replace(answer, confidence=confidence, confidence_rt=seconds)
    finally:
        window.recordFrameIntervals = False
        screen.mark(False)
    events.images_end(at)
    events.phase("after", number, answers=keys, begun=at)
    answer = replace(answer, frame_intervals=tuple(window.frameIntervals))
    on_answer(answer)
    _give_feedback(meeting, trial, answer)
    return answer


def _ask_confidence(
    meeting: Meeting, trial: Trial, marks: dict[str, Mark], rt: float, chosen_at: float
) -> tuple[int, float]:
    """Confidence, and the seconds from the choice until it was given.

    The choice came ``rt`` seconds after the images, at ``chosen_at`` on the session's clock.
    """
    screen, levels = meeting.screen, enumerate(meeting.keys.confidence, start=1)
    says = {key: level for level, names in levels for key in names}
    number, events = trial["trial"], meeting.events
    meeting.keyboard.now("confidence", number)
    screen.ask_confidence()
    screen.draw(marks=marks)
    screen.window.callOnFlip(events.asks, "confidence", number)
    screen.window.flip()
    events.phase("confidence", number, says, meeting.keys.answers, chosen_at)
    meeting.observer.asked(Question("confidence", _first_keys(says), trial))
    press = _await(meeting, tuple(says), None, marks, after=rt)
    assert press is not None  # There is no deadline that could pass.
    level, seconds = says[press.key], press.rt - rt
    events.counts(press, f"confidence_{level}")
    events.answers(str(level), chosen_at + seconds)
    return level, seconds


def _give_feedback(meeting: Meeting, trial: Trial, answer: Answer) -> None:
    screen, timing = meeting.screen, meeting.timing
    meeting.keyboard.now("feedback", trial["trial"])

    def hold(seconds: float, detail: str, asks: bool, marks: dict[str, Mark]) -> None:
        now = detail, trial["trial"], f"feedback_{detail}"
        on_flip = partial(meeting.events.appears, "feedback", *now)
        screen.hold(meeting.keyboard, seconds, meeting.period, on_flip, asks=asks, marks=marks)

    if answer.response is not None:
        hold(timing.feedback_delay, "chosen", False, {answer.response: Mark.CHOSEN})
    marks = {}
    if timing.feedback > 0:
        marks = feedback_marks(trial["correct_response"], answer.response)
        meeting.observer.asked(Question("feedback", (), trial))
    detail = "correct" if answer.correct else "wrong"
    if answer.timed_out:
        detail = "too_slow"
        screen.say_too_slow()
    seconds = timing.feedback or (timing.feedback_delay if answer.timed_out else 0)
    hold(seconds, detail, answer.timed_out, marks)


def _shown_as(trial: Trial) -> tuple[str, str]:
    """What the table of events and that of codes call the images of a trial."""
    if trial["trial"] is None:
        return EXAMPLE, f"{EXAMPLE}_images"
    condition, catch = trial["condition"], bool(trial.get("catch"))
    return f"{condition} catch" if catch else condition, images_word(condition, catch)


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
