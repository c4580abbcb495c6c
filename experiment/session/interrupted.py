"""What is asked again where Escape or another window interrupted it."""

from collections.abc import Callable
from typing import TypeVar

from experiment.screen.pages import EscapedError, FocusLostError, Pages

Measured = TypeVar("Measured")


def unless_interrupted(pages: Pages, run: Callable[[], Measured]) -> Measured:
    """What was measured; what Escape or another window interrupted begins again.

    Raises
    ------
    StoppedError
        Where the operator stops the session.
    """
    while True:
        try:
            return run()
        except EscapedError:
            pages.ask_to_stop()
        except FocusLostError:
            pages.regain()
