"""Pages of text between trials, and the question that Escape asks."""

import time
from collections.abc import Callable
from typing import Any

from conditions.rig.key_names import CONFIRM_KEY
from experiment.events.log import EventLog
from experiment.keyboard.listener import Press
from experiment.keyboard.observer import Kind, Observer, Question
from experiment.keyboard.watched import WatchedKeyboard
from experiment.screen.asked import Asked, Draw
from experiment.screen.page import BODY_HEIGHT, LINE, hint_of, notice, numbered, sheets
from experiment.screen.window import Stimulus, Window, text
from experiment.texts.languages import go_on_hint, key_label, keys_label

CLICK = "click"


class StoppedError(BaseException):
    """The operator stopped the session, which can be resumed.

    Like ``KeyboardInterrupt`` it may come at any time, from a signal: whatever a library makes of
    the exceptions that it meets, it is to let this one pass.
    """


class EscapedError(Exception):
    """Escape went down while something was asked: the operator is to be asked what is meant."""


class FocusLostError(Exception):
    """Another window got the keyboard while something was asked, or ours went out of sight."""


class Pages:
    """Shows pages in a window. Keys count while it has the keyboard; while not, the page says so.

    Parameters
    ----------
    window, keyboard, observer, texts
        Where pages are shown, gone on from, announced, and in what words.
    go_on : tuple of str
        The keys that go on.
    events : EventLog, optional
        Is told of pages, by name, and of the presses that count on them.
    """

    def __init__(
        self,
        window: Window,
        keyboard: WatchedKeyboard,
        observer: Observer,
        texts: dict[str, str],
        go_on: tuple[str, ...],
        events: EventLog | None = None,
    ) -> None:
        self.events = events or EventLog()
        self._window, self._keyboard, self._observer = window, keyboard, observer
        self._texts, self._go_on = texts, go_on
        self.escapes = 0
        self._notice: list[Stimulus] = []

    def found(self) -> dict:
        """What is recorded: how often Escape was pressed, and when another window had the keys."""
        return {"escapes": self.escapes, "focus_losses": self._keyboard.losses()}

    def show(
        self,
        body: str,
        title: str = "",
        height: int = BODY_HEIGHT,
        seconds: float = 0.0,
        name: str = "",
        **options: Any,
    ) -> None:
        """Show a page of text until its key is pressed, as :meth:`wait` does.

        A long text goes on on further pages, see :func:`experiment.screen.page.sheets`; they are
        called by its name and a number.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        go_on, number = go_on_hint(self._texts, self._go_on), self._texts["page_number"]
        parts = sheets(self._window, body, title, go_on, number, height, **options)
        for sheet, called in zip(parts, numbered(name, len(parts)), strict=True):
            self.wait(sheet.draw, sheet.hint.draw, seconds, called)

    def wait(
        self,
        draw: Draw,
        hint: Draw = lambda: None,
        seconds: float = 0.0,
        name: str = "",
    ) -> None:
        """Show what ``draw`` draws until the key is pressed that goes on.

        In the first ``seconds`` that key does nothing, and ``hint`` is not drawn yet.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        if seconds > 0:
            begun = time.monotonic()
            self.hold(draw, lambda: time.monotonic() - begun >= seconds, name)
        asked = Asked(lambda: (draw(), hint()), self._go_on, name=name)
        while self._first_of(asked) is None:
            self.ask_to_stop()

    def choose(self, draw: Draw, keys: tuple[str, ...], kind: Kind) -> str | None:
        """Show what ``draw`` draws until one of some keys is pressed: which; None on Escape."""
        return self._first_of(Asked(draw, keys, kind))

    def hold(self, draw: Draw, until: Callable[[], bool], name: str = "") -> None:
        """Show what ``draw`` draws until something is so; no key ends it.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        while self._first_of(Asked(draw, until=until, name=name)) is None:
            self.ask_to_stop()

    def listen(
        self,
        draw: Draw,
        keys: tuple[str, ...],
        heard: Callable[[Press], bool],
        until: Callable[[], bool],
        name: str = "",
    ) -> None:
        """Show what ``draw`` draws while ``heard`` hears each press of any key.

        It ends when ``until`` is so; ``keys`` are those that the observer is asked to press.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        asked = Asked(draw, kind="keys", until=until, heard=heard, to_press=keys, name=name)
        while self._first_of(asked) is None:
            self.ask_to_stop()

    def regain(self) -> None:
        """Show, after another window had the keyboard, a page until ours has it and is clicked.

        Once it has the keyboard, the key that goes on does the same.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        words = text(self._window, self._texts["focus_lost"].strip(), height=BODY_HEIGHT, line=LINE)
        go_on = self._texts["focus_go_on"].format(key=keys_label(self._texts, self._go_on))
        below = hint_of(self._window, go_on)

        def draw() -> None:
            words.draw()
            if not self._keyboard.away:
                below.draw()

        while self._first_of(Asked(draw, self._go_on, clicks=True, name="focus")) is None:
            self.ask_to_stop()

    def ask_to_stop(self) -> None:
        """Ask whether Escape was meant, and go on if it was not.

        Raises
        ------
        StoppedError
            Where it was.
        """
        self.escapes += 1
        words = self._texts["stop"].format(
            stop=key_label(self._texts, CONFIRM_KEY), go_on=keys_label(self._texts, self._go_on)
        )
        question = text(self._window, words.strip(), height=BODY_HEIGHT, line=LINE)
        pressed = None
        with self.events.pause("escape"):
            # Escape once more asks once more.
            while pressed is None:
                asked = Asked(question.draw, (*self._go_on, CONFIRM_KEY), name="stop")
                pressed = self._first_of(asked)
        if pressed == CONFIRM_KEY:
            raise StoppedError

    def _first_of(self, asked: Asked) -> str | None:
        """The key that ended it, or :data:`CLICK`; "" where ``until`` came true; None on Escape."""
        keyboard, focus, events = self._keyboard, self._keyboard.focus, self.events
        keyboard.escaped = False
        keyboard.now("page")
        self._window.callOnFlip(events.page, asked.name, keyboard.start)
        asked.draw()
        self._window.flip()
        events.reads(self._go_on)
        focus.clicked()  # Only from now on.
        told = asked.question
        self._observer.asked(told)
        clicked, pointed = False, False
        try:
            while not keyboard.escaped:
                for press in keyboard.presses():
                    if asked.heard(press) or press.among(asked.keys):
                        events.counts(press)
                    if (key := press.among(asked.keys)) is not None:
                        return key
                if asked.until():
                    return ""
                here, clicked_now = not keyboard.away, focus.clicked()
                clicked |= clicked_now
                if asked.clicks and clicked and here:
                    return CLICK
                if clicked_now and not here:
                    focus.take()
                counts = here or asked.clicks
                wanted = asked.question if counts else Question("focus", ())
                if wanted != told:
                    told = wanted
                    self._observer.asked(wanted)
                if pointed != (asked.clicks or not here):
                    pointed = self._window.mouseVisible = asked.clicks or not here
                asked.draw()
                if not here:
                    self._draw_notice()
                self._window.flip()
        finally:
            self._window.mouseVisible = False
            events.rests()
            keyboard.lost = keyboard.away  # A page may end by itself, without the keyboard.
        keyboard.escaped = False
        return None

    def _draw_notice(self) -> None:
        """Say, above whatever is there, that keys do not count now."""
        if not self._notice:
            self._notice = notice(self._window, self._texts["focus_away"])
        for stimulus in self._notice:
            stimulus.draw()
