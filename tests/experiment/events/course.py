"""Trials run by the session's own code on a clock that the test moves: keys come at any moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

from conditions.study.answering import Keys, Timing
from experiment.events.log import EventLog
from experiment.keyboard import listener as listening
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.observer import HumanObserver
from experiment.keyboard.queues import KeyEvent
from experiment.keyboard.watched import WatchedKeyboard
from experiment.screen.pages import EscapedError, FocusLostError
from experiment.session.meeting import Meeting
from experiment.session.trial import Answer, run_trial

PERIOD = 1 / 60
# How far the keyboards' clock is from that of the session.
ZERO = 7000.0
# What is pressed in the end, so that every trial has one.
LAST = {"two_stage": ("up", "2"), "combined": ("e",)}


@dataclass
class Course:
    """What happens, by seconds from the start.

    ``keys`` are key events (when, which, whether it goes down), ``away`` the times in which another
    window has the keyboard, ``saving`` the seconds that a disk takes for an answer.
    """

    keys: list[tuple[float, str, bool]]
    away: list[tuple[float, float]]
    timing: Timing
    mode: str
    trials: int
    saving: float = 0.0
    rows: list[dict] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    answers: list[tuple[int, Answer]] = field(default_factory=list)
    heard: list[KeyEvent] = field(default_factory=list)


class World:
    """Clock, window, screen, keyboards and focus of a course; a flip takes a refresh."""

    def __init__(self, course: Course) -> None:
        self.now, self._course, self._calls = 0.0, course, []
        self._coming = [KeyEvent(k, down, ZERO + at, "board") for at, k, down in course.keys]
        self._coming.sort(key=lambda event: event.at)
        self._last, self._pressed = self._endless(), 0.0
        self.window = SimpleNamespace(callOnFlip=self._on_flip, flip=self.flip)
        self.window.recordFrameIntervals, self.window.frameIntervals = False, []
        self.escaped = False

    # Window and screen.
    def _on_flip(self, call: Callable, *arguments: Any) -> None:
        self._calls.append((call, arguments))

    def flip(self) -> None:
        self.now += PERIOD
        calls, self._calls = self._calls, []
        for call, arguments in calls:
            call(*arguments)

    def show(self, keyboard: Any, seconds: float, until: Callable, on_flip: Callable) -> None:
        if seconds <= 0:
            return
        self._on_flip(on_flip)
        self.flip()
        end = self.now + seconds - 1.5 * PERIOD
        while self.now < end and not until():
            keyboard.presses()
            self.flip()

    def screen(self) -> SimpleNamespace:
        def fixate(keyboard: Any, seconds: float, _: float, until: Callable, on: Callable) -> None:
            self.show(keyboard, seconds, until, on)

        def hold(keyboard: Any, seconds: float, _: float, on: Callable, **__: Any) -> None:
            self.show(keyboard, seconds, lambda: False, on)

        idle = ("ask_choice", "ask_confidence", "say_too_slow", "mark", "draw")
        nothing = dict.fromkeys(idle, lambda *_, **__: None)
        return SimpleNamespace(window=self.window, fixate=fixate, hold=hold, **nothing)

    # Keyboards and focus.
    def time(self) -> float:
        return ZERO + self.now

    def events(self) -> list[KeyEvent]:
        if not self._coming and self.now > self._pressed + 0.2:
            self._pressed = self.now
            self._coming = [next(self._last)]
        ready = [event for event in self._coming if event.at <= self.time()]
        self._coming = self._coming[len(ready) :]
        self._course.heard += ready
        return ready

    def kept(self, surely: bool = True) -> bool:
        return not any(start <= self.now < end for start, end in self._course.away)

    def _endless(self) -> Iterator[KeyEvent]:
        while True:
            for key in LAST[self._course.mode]:
                for down in (True, False):
                    yield KeyEvent(key, down, self.time(), "board")


def run(course: Course) -> Course:
    """Go through the trials of a course; an interrupted one begins again after a page."""
    world = World(course)
    usual, listening.Keyboards = listening.Keyboards, lambda: world
    try:
        listener = KeyListener()
    finally:
        listening.Keyboards = usual

    def save(new: list[dict], sync: bool) -> None:
        course.rows += new
        course.written.append(len(new))

    events = EventLog(lambda: world.now, save, ZERO)
    keyboard = WatchedKeyboard(
        listener,
        world,
        lambda: world.now,
        on_change=lambda: events.focus(keyboard.away),
        on_look=events.looks,
    )
    keys, clock = Keys(mode=course.mode), SimpleNamespace(getTime=lambda: world.now)
    meeting = Meeting(
        world.screen(), keyboard, HumanObserver(), course.timing, keys, PERIOD, clock, events
    )

    def page(name: str) -> None:
        world.window.callOnFlip(events.page, name, keyboard.start)
        world.flip()
        events.reads(("space",))
        for _ in range(3):
            keyboard.presses()
            world.flip()
        keyboard.escaped = keyboard.lost = False

    def answered(number: int, answer: Answer) -> None:
        events.write()
        course.answers.append((number, answer))
        world.now += course.saving

    events.begin()
    page("welcome")
    for number in range(course.trials):
        trial = {"trial": number, "condition": "none", "correct_response": "upper", "catch": False}
        events.phase("before", number, answers=keys.answers)
        while True:
            world.show(
                keyboard,
                course.timing.blank,
                lambda: False,
                lambda n=number: events.appears("blank", trial=n),
            )
            try:
                run_trial(
                    meeting,
                    trial,
                    lambda onset: events.write(sync=False),
                    partial(answered, number),
                )
                break
            except EscapedError:
                page("stop")
            except FocusLostError:
                page("focus")
    events.end("complete")
    return course
