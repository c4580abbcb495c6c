"""Pages of text between trials."""

from experiment.keyboard import KeyListener
from experiment.layout import TEXT_HEIGHT
from experiment.observers.observer import Observer, Question
from experiment.texts import key_label
from experiment.window import QUIET, text


class StoppedError(Exception):
    """The operator pressed Escape: the session ends, and can be resumed."""


def show_page(
    window,
    keyboard: KeyListener,
    observer: Observer,
    texts: dict[str, str],
    body: str,
    key: str,
    title: str = "",
) -> None:
    """Show a page until its key is pressed.

    Raises
    ------
    StoppedError
        On Escape.
    """
    height = window.size[1]
    stimuli = [text(window, body.strip(), height=TEXT_HEIGHT + 4)]
    if title:
        stimuli.append(text(window, title, (0, height // 4), height=TEXT_HEIGHT + 18, bold=True))
    hint = texts["go_on"].format(key=key_label(texts, key))
    stimuli.append(text(window, hint, (0, -height // 3), color=QUIET))
    window.callOnFlip(keyboard.start)
    for stimulus in stimuli:
        stimulus.draw()
    window.flip()
    observer.asked(Question("page", (key,)))
    while True:
        pressed = [press.key for press in keyboard.presses()]
        if "escape" in pressed:
            raise StoppedError
        if key in pressed:
            return
        for stimulus in stimuli:
            stimulus.draw()
        window.flip()
