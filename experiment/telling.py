"""What the operator is told in windows of their own, where nobody sees a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from conditions.commands.command_line import console
from conditions.errors import StudyError
from experiment.checks.check import Check, summary
from experiment.screen.pages import StoppedError

START, CANCEL, CLOSE = "Start the session", "Cancel", "Close"


def has_terminal() -> bool:
    """Whether what is printed is seen: a session may be begun by a click on a symbol."""
    return console.is_terminal


def tell_checks(participant: int, checks: list[Check]) -> None:
    """Show what was checked, before the participant's first page, until the operator starts.

    Raises
    ------
    StoppedError
        Where the operator cancels.
    """
    title = f"Checks before the session of participant {participant}"
    if _ask(title, summary(checks), START, CANCEL) != START:
        raise StoppedError


@contextmanager
def refusals_told() -> Iterator[None]:
    """Show why there is no session, or how one ended in trouble, before it goes on to the log."""
    try:
        yield
    except StudyError as error:
        # Whoever has just pressed Cancel knows.
        if not isinstance(error.__cause__, StoppedError):
            _ask("No session", str(error), CLOSE)
        raise


def _ask(title: str, words: str, *buttons: str) -> str:
    """Show a window above all others, the participant's too, until a button is pressed: which.

    Not run on Windows and macOS.
    """
    from psychopy.gui import qtgui

    qtgui.ensureQtApp()
    boxes = qtgui.QtWidgets.QMessageBox
    box = boxes()
    box.setWindowTitle(title)
    box.setWindowFlag(qtgui.Qt.WindowType.WindowStaysOnTopHint)
    # A name with < in it is no markup.
    box.setTextFormat(qtgui.Qt.TextFormat.PlainText)
    box.setText(words)
    # The desktop may add marks to their texts.
    meant = {}
    for button in buttons:
        is_first = button == buttons[0]
        role = boxes.ButtonRole.AcceptRole if is_first else boxes.ButtonRole.RejectRole
        meant[box.addButton(button, role)] = button
    box.exec()
    return meant.get(box.clickedButton(), buttons[-1])
