"""An intuitiveness trial: two grids of images, and a slider that says how alike they are."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from conditions.tables.sessions import HIGHEST_RATING as HIGHEST
from conditions.tables.sessions import LOWEST_RATING as LOWEST
from experiment.keyboard.observer import Question
from experiment.plan import Trial
from experiment.screen.layout import TEXT_HEIGHT, Place
from experiment.screen.pages import EscapedError, FocusLostError
from experiment.screen.trials.trial_screen import TrialScreen
from experiment.screen.window import FOREGROUND, QUIET, Stimulus, Window, length, shown, text
from experiment.session.meeting import Meeting, Onset
from experiment.texts.languages import key_label

# A tap moves the slider by STEP; a key that is held longer goes on by 1, so many times a second.
STEP = 5
HOLD_AFTER = 0.35
HOLD_PER_SECOND = 60
CONFIRM = "return"
DIRECTIONS = {"left": -1, "right": 1}
KEYS = (*DIRECTIONS, CONFIRM)


@dataclass(frozen=True)
class Rating:
    """What was measured in an intuitiveness trial; ``rt`` in seconds."""

    rating: int
    rt: float


class Slider:
    """A line with a mark, moved by arrow keys or by the mouse."""

    def __init__(self, window: Window, texts: dict[str, str], top: int) -> None:
        from psychopy import event, visual

        self._window, self._mouse = window, event.Mouse(win=window)
        # Line, ends and hint below each other, closely where there is little room.
        row = min(length(window, 46), (window.size[1] // 2 + top) // 4)
        self._width, self._y = window.size[0] // 2, top - row
        ends = ((-1, "rating_low"), (1, "rating_high"))
        y = self._y - row
        self._fixed = [
            visual.Rect(
                window,
                self._width,
                length(window, 4),
                pos=(0, self._y),
                colorSpace="rgb255",
                fillColor=shown(window, "line"),
                lineColor=None,
            ),
            *(text(window, texts[words], (self._width * side // 2, y)) for side, words in ends),
        ]
        self._ink = shown(window, FOREGROUND)
        self._mark = visual.Circle(
            window,
            radius=length(window, 13),
            colorSpace="rgb255",
            lineColor=self._ink,
            lineWidth=length(window, 3),
        )
        hint = texts["hint_rating"].format(
            left=key_label(texts, "left"),
            right=key_label(texts, "right"),
            confirm=key_label(texts, CONFIRM),
        )
        self._hint = text(window, hint, (0, y - row), color=QUIET)
        self.start()

    def start(self) -> None:
        """Begin anew, in the middle and untouched."""
        self.value, self.touched = 0, False
        self._before_hold: int | None = None

    def move_by(self, steps: int) -> None:
        """Move the mark; it stays on the line."""
        self.value = max(LOWEST, min(HIGHEST, self.value + steps))
        self.touched = True

    def hold(self, direction: int, seconds: float | None) -> None:
        """Go on while an arrow key is held down (for so many seconds; None: it is up)."""
        if seconds is None or seconds < HOLD_AFTER:
            self._before_hold = None
            return
        if self._before_hold is None:
            self._before_hold = self.value
        moved = round((seconds - HOLD_AFTER) * HOLD_PER_SECOND)
        self.value = self._before_hold
        self.move_by(direction * moved)

    def follow_mouse(self) -> None:
        """Put the mark where the mouse is pressed on the line or near it."""
        if not self._mouse.getPressed()[0]:
            return
        x, y = self._mouse.getPos()
        near = length(self._window, TEXT_HEIGHT)
        if abs(y - self._y) < 2 * near and abs(x) <= self._width / 2 + near:
            self.value = 0
            self.move_by(round(x / (self._width / 2) * HIGHEST))

    def stimuli(self) -> list[Stimulus]:
        """The line, its ends and the hint."""
        return [*self._fixed, self._hint]

    def draw(self) -> None:
        """Draw line, ends, mark and hint; the mark is filled once it has been moved."""
        for stimulus in self._fixed:
            stimulus.draw()
        self._mark.pos = self._place
        self._mark.fillColor = self._ink if self.touched else None
        self._mark.draw()
        self._hint.draw()

    @property
    def _place(self) -> Place:
        return (round(self.value / HIGHEST * self._width / 2), self._y)


def rate(
    meeting: Meeting,
    slider: Slider,
    trial: Trial,
    question: str,
    on_shown: Callable[[Onset], None],
) -> Rating:
    """Run a loaded intuitiveness trial until the rating is confirmed.

    The confirming key counts once the mark has been moved: an answer is never just the middle
    that everybody starts from. ``on_shown`` is called as :func:`run_trial` does.

    Raises
    ------
    EscapedError
        On Escape.
    FocusLostError
        Where another window got the keyboard.
    """
    screen, keyboard = meeting.screen, meeting.keyboard
    window, events, number = screen.window, meeting.events, trial["trial"]
    keyboard.now("fixation", number)
    events.phase("before", number, answers=KEYS)
    fixation, period = meeting.timing.fixation, meeting.period
    crossed = partial(events.appears, "fixation", trial=number)
    screen.fixate(keyboard, fixation, period, lambda: keyboard.lost, crossed)
    screen.ask(question)
    slider.start()
    keyboard.presses()
    if keyboard.lost:
        raise FocusLostError
    keyboard.now("rating", number)
    screen.mark(True)
    onsets: list[Onset] = []
    shown_as = number, "rated", "rated_images"
    window.callOnFlip(lambda: onsets.append(meeting.onset(*shown_as)))
    window.mouseVisible = True
    try:
        _flip(screen, slider)
        onset = onsets[0].onset
        events.asks("choice", number, onset)
        events.phase("rating", number, KEYS, begun=onset)
        on_shown(onsets[0])
        meeting.observer.asked(Question("rating", KEYS, trial))
        while True:
            if keyboard.escaped:
                raise EscapedError
            presses = keyboard.presses()
            if keyboard.lost:
                keyboard.take_back()
                raise FocusLostError
            for press in presses:
                key = press.among(KEYS)
                if key in DIRECTIONS:
                    slider.move_by(STEP * DIRECTIONS[key])
                    events.counts(press)
                elif key == CONFIRM and slider.touched:
                    events.counts(press, "rating")
                    events.answers(f"rating {slider.value}", onset + press.rt, press.rt)
                    events.images_end(onset + press.rt)
                    return Rating(slider.value, press.rt)
            held = [(d, keyboard.held(key)) for key, d in DIRECTIONS.items()]
            direction, seconds = max(held, key=lambda pair: pair[1] or 0)
            slider.hold(direction, seconds)
            slider.follow_mouse()
            _flip(screen, slider)
    finally:
        window.mouseVisible = False
        screen.mark(False)


def _flip(screen: TrialScreen, slider: Slider) -> None:
    screen.draw()
    slider.draw()
    screen.window.flip()
