"""One trial: fixation, images, choice, confidence, feedback, blank."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from conditions.study import Keys, Timing
from conditions.tables import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.keyboard import KeyListener, Press
from experiment.layout import FRAME, Layout
from experiment.observers.observer import Observer, Question
from experiment.pages import StoppedError
from experiment.texts import key_label
from experiment.window import CHOSEN, CORRECT, QUIET, text

Trial = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What was measured in a trial; see the table of trials for the meaning of the fields."""

    response: str | None
    correct: bool | None
    confidence: int | None
    rt: float | None
    confidence_rt: float | None
    timed_out: bool
    onset: float
    started_at: str
    frame_intervals: tuple[float, ...]


def decode(folder: Path, trial: Trial) -> dict[str, Image.Image]:
    """The images of a trial by column of the condition file (safe in a thread)."""
    images = {}
    for column in (*LEFT_COLUMNS, *RIGHT_COLUMNS, "upper", "lower"):
        if trial[column]:
            with Image.open(folder / trial[column]) as opened:
                images[column] = opened.convert("RGB")
    return images


class TrialScreen:
    """Draws trials; its stimuli are made once and filled anew for each trial."""

    def __init__(self, window, layout: Layout, texts: dict[str, str], keys: Keys) -> None:
        from psychopy import visual

        self.window = window
        self._texts = texts
        self._keys = keys
        places = dict(zip(LEFT_COLUMNS, layout.left, strict=False))
        places |= dict(zip(RIGHT_COLUMNS, layout.right, strict=False))
        places |= {"upper": layout.upper, "lower": layout.lower}
        self._images = {
            column: visual.ImageStim(
                window, pos=place, size=(layout.image, layout.image), units="pix", interpolate=False
            )
            for column, place in places.items()
        }
        side = layout.image + FRAME
        self._frames = {
            answer: visual.Rect(
                window,
                width=side,
                height=side,
                pos=places[answer],
                lineWidth=FRAME,
                fillColor=None,
                colorSpace="rgb255",
            )
            for answer in ("upper", "lower")
        }
        self._titles = {
            "left_title": text(window, "", layout.left_title),
            "right_title": text(window, "", layout.right_title),
        }
        self._question = text(window, "", layout.question)
        self._hint = text(window, "", layout.hint, color=QUIET)
        self._fixation = text(window, "+", height=48)
        bar_width = window.size[0] // 3
        self._bar = [
            visual.Rect(
                window,
                width=bar_width,
                height=8,
                pos=layout.bar,
                colorSpace="rgb255",
                fillColor=(150, 150, 150),
                lineColor=None,
            ),
            visual.Rect(
                window,
                height=8,
                pos=layout.bar,
                colorSpace="rgb255",
                fillColor=QUIET,
                lineColor=None,
            ),
        ]
        self._shown: list = []

    def load(self, trial: Trial, images: dict[str, Image.Image], progress: float) -> None:
        """Upload a trial's images and set its texts; ``progress`` (0…1) is shown as a bar."""
        for column, image in images.items():
            self._images[column].setImage(image)
        self._shown = [self._images[column] for column in images]
        for column, title in self._titles.items():
            if trial[column]:
                title.text = self._texts[f"title_{trial[column]}"]
                self._shown.append(title)
        full, done = self._bar
        done.width = max(1, round(full.width * progress))
        done.pos = (full.pos[0] - (full.width - done.width) / 2, full.pos[1])
        self._shown += self._bar

    def ask_choice(self, trial: Trial) -> None:
        """Set the texts that ask which query it is."""
        self._question.text = self._texts["question" if trial["n_references"] else "question_none"]
        self._hint.text = self._texts["hint_choice"].format(
            upper=key_label(self._texts, self._keys.upper),
            lower=key_label(self._texts, self._keys.lower),
        )

    def ask_confidence(self) -> None:
        """Set the texts that ask how confident the answer is."""
        low, middle, high = self._keys.confidence
        self._question.text = self._texts["confidence"]
        self._hint.text = self._texts["hint_confidence"].format(low=low, middle=middle, high=high)

    def draw(self, asks: bool = True, frames: dict[str, tuple] | None = None) -> None:
        """Draw the trial: with question and hint, and with frames by answer and colour."""
        for stimulus in self._shown:
            stimulus.draw()
        if asks:
            self._question.draw()
            self._hint.draw()
        for answer, colour in (frames or {}).items():
            self._frames[answer].lineColor = colour
            self._frames[answer].draw()

    def hold(self, seconds: float, period: float, **drawing: Any) -> None:
        """Draw the trial for some seconds, to the nearest refresh."""
        self._flip_for(seconds, period, lambda: self.draw(**drawing))

    def fixate(self, seconds: float, period: float) -> None:
        """Draw a fixation cross for some seconds, to the nearest refresh."""
        self._flip_for(seconds, period, self._fixation.draw)

    def blank(self, seconds: float, period: float) -> None:
        """Draw nothing for some seconds, to the nearest refresh."""
        self._flip_for(seconds, period, lambda: None)

    def _flip_for(self, seconds: float, period: float, draw: Callable[[], None]) -> None:
        # By the clock rather than by a number of frames: right without vertical synchronisation,
        # and after a dropped frame. The next flip comes a period after the last one of these.
        from psychopy import core

        if seconds <= 0:
            return
        draw()
        self.window.flip()
        shown = core.Clock()
        while shown.getTime() < seconds - 1.5 * period:
            draw()
            self.window.flip()


def run_trial(
    screen: TrialScreen,
    trial: Trial,
    keyboard: KeyListener,
    observer: Observer,
    timing: Timing,
    keys: Keys,
    period: float,
    clock,
) -> Answer:
    """Run a loaded trial from its fixation cross to the end of the feedback.

    Parameters
    ----------
    screen : TrialScreen
        Holds the trial's images.
    trial : dict
        Row of the condition file.
    keyboard, observer
        Where answers come from, and who is told what is asked.
    timing : Timing
        Durations in seconds.
    keys : Keys
        Keys that answer.
    period : float
        Seconds between two refreshes.
    clock : psychopy.core.Clock
        Time since the start of the session.

    Raises
    ------
    StoppedError
        On Escape.
    """
    window = screen.window
    screen.fixate(timing.fixation, period)
    screen.ask_choice(trial)
    started: dict[str, Any] = {}

    def at_onset() -> None:
        keyboard.start()
        started.update(
            onset=clock.getTime(),
            started_at=datetime.now().astimezone().isoformat(timespec="milliseconds"),
        )

    window.callOnFlip(at_onset)
    screen.draw()
    window.flip()
    window.frameIntervals = []
    window.recordFrameIntervals = True
    choices = {keys.upper: "upper", keys.lower: "lower"}
    observer.asked(Question("choice", tuple(choices), trial))
    choice = _await(screen, keyboard, tuple(choices), timing.deadline)
    confidence = None
    if choice is not None:
        screen.ask_confidence()
        response = choices[choice.key]
        frames = {response: CHOSEN}
        screen.draw(frames=frames)
        window.flip()
        observer.asked(Question("confidence", tuple(keys.confidence), trial))
        confidence = _await(screen, keyboard, tuple(keys.confidence), None, frames, choice.rt)
        screen.hold(timing.feedback_delay, period, asks=False, frames=frames)
    window.recordFrameIntervals = False
    intervals = tuple(window.frameIntervals)
    screen.hold(timing.feedback, period, asks=False, frames={trial["correct_response"]: CORRECT})
    if choice is None:
        return Answer(None, None, None, None, None, True, **started, frame_intervals=intervals)
    return Answer(
        response=response,
        correct=response == trial["correct_response"],
        confidence=keys.confidence.index(confidence.key) + 1,
        rt=choice.rt,
        confidence_rt=confidence.rt - choice.rt,
        timed_out=False,
        **started,
        frame_intervals=intervals,
    )


def _await(
    screen: TrialScreen,
    keyboard: KeyListener,
    wanted: tuple[str, ...],
    deadline: float | None,
    frames: dict[str, tuple] | None = None,
    after: float = 0.0,
) -> Press | None:
    """The first press of a wanted key after a time; None once the deadline has passed."""
    from psychopy import core

    waited = core.Clock()
    while True:
        for press in keyboard.presses():
            if press.key == "escape":
                raise StoppedError
            if press.key in wanted and press.rt >= after:
                return press
        if deadline is not None and waited.getTime() > deadline:
            return None
        screen.draw(frames=frames)
        screen.window.flip()
