"""The example of the instructions: a trial with drawn patterns, until it is answered correctly."""

from dataclasses import replace
from functools import partial
from itertools import count

from experiment.keyboard.observer import Observer, Question
from experiment.plan import Trial
from experiment.screen.layout import TITLE_DISTANCE
from experiment.screen.pages import Pages
from experiment.screen.trials.examples import example_images, example_trial
from experiment.screen.trials.marks import feedback_marks
from experiment.screen.window import QUIET, Stimulus, length, text
from experiment.session.interrupted import unless_interrupted
from experiment.session.meeting import Meeting
from experiment.session.trial import Answer, run_trial
from experiment.texts.languages import Texts, go_on_hint

# The correct query of the first try, the second, …: pressing the other key is no answer.
CORRECT = ("upper", "lower")


class _Told:
    """The observer, who is told that a question is the example's; its correct key comes first."""

    def __init__(self, observer: Observer, correct: str) -> None:
        self.name, self.reads = observer.name, observer.reads
        self._observer, self._correct = observer, correct

    def asked(self, question: Question) -> None:
        """Hand a question on."""
        keys = question.keys
        if question.kind != "confidence" and self._correct == "lower":
            half = len(keys) // 2
            keys = (*keys[half:], *keys[:half])
        self._observer.asked(replace(question, kind="example", keys=keys))

    def close(self) -> None:
        """Do nothing: the session goes on."""


def run_example(meeting: Meeting, pages: Pages, texts: Texts, like: Trial, seconds: float) -> int:
    """Ask the example until its answer is correct, and say each time whether it was, and why.

    It is asked and answered as trials are, without a deadline. The patch stays dark and nothing is
    recorded: an example is no trial.

    Parameters
    ----------
    meeting, pages, texts
        Who meets, what shows pages, and in what words.
    like : dict
        A row of the condition file with as many references at the same sides.
    seconds : float
        How long what is said of an answer stays at least.

    Returns
    -------
    int
        How many times it was answered.

    Raises
    ------
    StoppedError
        Where the operator stops the session.
    """
    timing = meeting.timing.model_copy(update={"deadline": None, "feedback": 0.0})
    for tries in count(1):
        correct = CORRECT[(tries - 1) % len(CORRECT)]
        told = replace(meeting, timing=timing, observer=_Told(meeting.observer, correct))
        trial = _load(told, like, correct)
        run = partial(run_trial, told, trial, lambda onset: None, lambda answer: None)
        answer: Answer = unless_interrupted(pages, run)
        if meeting.keyboard.escaped:
            pages.ask_to_stop()
        screen, marks = meeting.screen, feedback_marks(correct, answer.response)
        screen.ask(texts["example_right" if answer.correct else "example_wrong"])
        hint = _hint(meeting, texts, trial)
        pages.wait(partial(screen.draw, marks=marks), hint.draw, seconds, "example result")
        if answer.correct:
            break
    return tries


def _load(meeting: Meeting, like: Trial, correct: str) -> Trial:
    screen = meeting.screen
    shape = int(like["n_references"]), bool(like["left_title"]), correct
    correction = screen.window.correction
    images = {
        column: correction.image(image, f"example/{column}")
        for column, image in example_images(screen.image, *shape).items()
    }
    trial = example_trial(*shape)
    screen.load(trial, images)
    return trial


def _hint(meeting: Meeting, texts: Texts, trial: Trial) -> Stimulus:
    """The line that names the key that goes on, below whatever marks the lower query."""
    window = meeting.screen.window
    below = meeting.screen.below_grid(trial) - length(window, 2 * TITLE_DISTANCE + 10)
    return text(window, go_on_hint(texts, meeting.keys.go_on), (0, below), color=QUIET)
