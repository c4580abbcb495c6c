"""Pages of text between trials, and the question that Escape asks."""

from collections.abc import Callable
from typing import Any

from experiment.keyboard.listener import KeyListener
from experiment.keyboard.observer import Observer, Question
from experiment.screen.layout import TEXT_HEIGHT
from experiment.screen.window import QUIET, Window, text
from experiment.texts.languages import key_label, keys_label

STOP_KEY = "return"


class StoppedError(Exception):
    """The operator stopped the session, which can be resumed."""


class EscapedError(Exception):
    """Escape went down while something was asked: the operator is to be asked what is meant."""


class Pages:
    """Shows pages in a window.

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
        keyboard: KeyListener,
        observer: Observer,
        texts: dict[str, str],
        go_on: tuple[str, ...],
    ) -> None:
        self._window, self._keyboard, self._observer = window, keyboard, observer
        self._texts, self._go_on = texts, go_on
        self.escapes = 0

    def show(self, body: str, title: str = "", height: int | None = None, **options: Any) -> None:
        """Show a page of text until its key is pressed; letters are ``height`` high.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        page_width, page_height = self._window.size
        height = height or min(TEXT_HEIGHT + 4, page_width // 48)
        stimuli = [text(self._window, body.strip(), height=height, **options)]
        if title:
            place = (0, page_height // 3)
            stimuli.append(text(self._window, title, place, height=TEXT_HEIGHT + 18, bold=True))
        hint = self._texts["go_on"].format(key=keys_label(self._texts, self._go_on))
        stimuli.append(text(self._window, hint, (0, -page_height * 2 // 5), color=QUIET))
        self.wait(lambda: [stimulus.draw() for stimulus in stimuli])

    def wait(self, draw: Callable[[], object]) -> None:
        """Show what ``draw`` draws until the key is pressed that goes on.

        Raises
        ------
        StoppedError
            Where the operator presses Escape and then confirms.
        """
        while self._first_of(draw, self._go_on) is None:
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
            stop=key_label(self._texts, STOP_KEY), go_on=keys_label(self._texts, self._go_on)
        )
        question = text(self._window, words.strip(), height=TEXT_HEIGHT + 4)
        pressed = None
        # Escape once more asks once more.
        while pressed is None:
            pressed = self._first_of(question.draw, (*self._go_on, STOP_KEY))
        if pressed == STOP_KEY:
            raise StoppedError

    def _first_of(self, draw: Callable[[], object], keys: tuple[str, ...]) -> str | None:
        """The first of some keys that is pressed; None on Escape."""
        self._keyboard.escaped = False
        self._window.callOnFlip(self._keyboard.start)
        draw()
        self._window.flip()
        self._observer.asked(Question("page", keys))
        while not self._keyboard.escaped:
            for press in self._keyboard.presses():
                if press.key in keys:
                    return press.key
            draw()
            self._window.flip()
        self._keyboard.escaped = False
        return None
