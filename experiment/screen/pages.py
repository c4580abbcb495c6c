"""Pages of text between trials, and the question that Escape asks."""

import time
from collections.abc import Callable
from typing import Any

from conditions.rig.key_names import CONFIRM_KEY
from experiment.keyboard.listener import Press
from experiment.keyboard.observer import Kind, Observer, Question
from experiment.keyboard.watched import WatchedKeyboard
from experiment.screen.layout import TEXT_HEIGHT
from experiment.screen.window import (
    FOREGROUND,
    QUIET,
    Stimulus,
    Window,
    length,
    shown,
    text,
    text_within,
)
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
    """

    def __init__(
        self,
        window: Window,
        keyboard: WatchedKeyboard,
        observer: Observer,
        texts: dict[str, str],
        go_on: tuple[str, ...],
    ) -> None:
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
        height: int | None = None,
        seconds: float = 0.0,
        **options: Any,
    ) -> None:
        """Show a page of text until its key is pressed, as :meth:`wait` does.

        Letters are ``height`` high, smaller where the text would reach the title or the hint.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        page_width, page_height = self._window.size
        height = height or min(TEXT_HEIGHT + 4, page_width // 48)
        place = (0, -page_height * 2 // 5)
        hint = text(self._window, go_on_hint(self._texts, self._go_on), place, color=QUIET)
        stimuli = [hint]
        if title:
            place = (0, page_height // 3)
            stimuli.append(text(self._window, title, place, height=TEXT_HEIGHT + 18, bold=True))
        tallest = round(2 * min(abs(each.pos[1]) - each.height for each in stimuli))
        stimuli.append(text_within(self._window, body.strip(), tallest, height, **options))
        self.wait(lambda: [each.draw() for each in stimuli[1:]], hint.draw, seconds)

    def wait(
        self,
        draw: Callable[[], object],
        hint: Callable[[], object] = lambda: None,
        seconds: float = 0.0,
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
            self.hold(draw, lambda: time.monotonic() - begun >= seconds)
        while self._first_of(lambda: (draw(), hint()), self._go_on) is None:
            self.ask_to_stop()

    def choose(self, draw: Callable[[], object], keys: tuple[str, ...], kind: Kind) -> str | None:
        """Show what ``draw`` draws until one of some keys is pressed: which; None on Escape."""
        return self._first_of(draw, keys, kind=kind)

    def hold(self, draw: Callable[[], object], until: Callable[[], bool]) -> None:
        """Show what ``draw`` draws until something is so; no key ends it.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        while self._first_of(draw, (), until=until) is None:
            self.ask_to_stop()

    def listen(
        self,
        draw: Callable[[], object],
        keys: tuple[str, ...],
        heard: Callable[[Press], object],
        until: Callable[[], bool],
    ) -> None:
        """Show what ``draw`` draws while ``heard`` hears each press of any key.

        It ends when ``until`` is so; ``keys`` are those that the observer is asked to press.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        while self._first_of(draw, (), kind="keys", until=until, heard=heard, asks=keys) is None:
            self.ask_to_stop()

    def regain(self) -> None:
        """Show, after another window had the keyboard, a page until ours has it and is clicked.

        Once it has the keyboard, the key that goes on does the same.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        height = self._window.size[1]
        words = text(self._window, self._texts["focus_lost"].strip(), height=TEXT_HEIGHT + 4)
        hint = self._texts["focus_go_on"].format(key=keys_label(self._texts, self._go_on))
        below = text(self._window, hint, (0, -height * 2 // 5), color=QUIET)

        def draw() -> None:
            words.draw()
            if not self._keyboard.away:
                below.draw()

        while self._first_of(draw, self._go_on, clicks=True) is None:
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
        question = text(self._window, words.strip(), height=TEXT_HEIGHT + 4)
        pressed = None
        # Escape once more asks once more.
        while pressed is None:
            pressed = self._first_of(question.draw, (*self._go_on, CONFIRM_KEY))
        if pressed == CONFIRM_KEY:
            raise StoppedError

    def _first_of(
        self,
        draw: Callable[[], object],
        keys: tuple[str, ...],
        clicks: bool = False,
        kind: Kind = "page",
        until: Callable[[], bool] = lambda: False,
        heard: Callable[[Press], object] = lambda press: None,
        asks: tuple[str, ...] | None = None,
    ) -> str | None:
        """The first of some keys (or a click, where it counts); None on Escape.

        Where ``until`` comes true before, nothing, as "". ``heard`` is told of every press;
        ``asks`` are keys to tell the observer in place of ``keys``.
        """
        keyboard, focus = self._keyboard, self._keyboard.focus
        keyboard.escaped = False
        keyboard.now("page")
        self._window.callOnFlip(keyboard.start)
        draw()
        self._window.flip()
        focus.clicked()  # Only from now on.
        question = Question("focus" if clicks else kind, keys if asks is None else asks)
        self._observer.asked(question)
        asked, clicked, pointed = question, False, False
        try:
            while not keyboard.escaped:
                for press in keyboard.presses():
                    heard(press)
                    if (key := press.among(keys)) is not None:
                        return key
                if until():
                    return ""
                here, clicked_now = not keyboard.away, focus.clicked()
                clicked |= clicked_now
                if clicks and clicked and here:
                    return CLICK
                if clicked_now and not here:
                    focus.take()
                wanted = question if here or clicks else Question("focus", ())
                if wanted != asked:
                    asked = wanted
                    self._observer.asked(wanted)
                if pointed != (clicks or not here):
                    pointed = self._window.mouseVisible = clicks or not here
                draw()
                if not here:
                    self._draw_notice()
                self._window.flip()
        finally:
            self._window.mouseVisible = False
            keyboard.lost = keyboard.away  # A page may end by itself, without the keyboard.
        keyboard.escaped = False
        return None

    def _draw_notice(self) -> None:
        """Say, above whatever is there, that keys do not count now."""
        if not self._notice:
            from psychopy import visual

            width, height = self._window.size
            tall = min(length(self._window, 2 * TEXT_HEIGHT), height // 15)
            # At the lower edge: below the hints of all pages.
            place = (0, (tall - height) // 2)
            colours = {"colorSpace": "rgb255", "fillColor": shown(self._window, FOREGROUND)}
            band = visual.Rect(self._window, width, tall, pos=place, lineColor=None, **colours)
            letters = min(TEXT_HEIGHT, width // 54)
            words = self._texts["focus_away"]
            words = text(self._window, words, place, height=letters, color="background")
            self._notice = [band, words]
        for stimulus in self._notice:
            stimulus.draw()
