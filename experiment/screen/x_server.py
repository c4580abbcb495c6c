"""The X server that windows are opened on; Linux alone has one."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conditions.errors import StudyError

Display = Any  # Xlib.display.Display: the library ships no types.

_TRIES, _PAUSE_S = 10, 0.05


@contextmanager
def x_display() -> Iterator[Display]:
    """The X server that ``DISPLAY`` names.

    Raises
    ------
    StudyError
        Where it cannot be reached.
    """
    opened = _opened()
    try:
        yield opened
    finally:
        opened.close()


def _opened() -> Display:
    from Xlib import display, error

    # The last one is of a number that no port has.
    failures = (
        error.DisplayError,
        error.XauthError,
        error.ConnectionClosedError,
        OSError,
        OverflowError,
    )
    tries = 0
    while True:
        tries += 1
        try:
            return display.Display()
        except failures as problem:
            # A server whose last client has just left begins anew, and turns one away meanwhile.
            if isinstance(problem, error.ConnectionClosedError) and tries < _TRIES:
                time.sleep(_PAUSE_S)
                continue
            name = os.environ.get("DISPLAY", "")
            found = f"DISPLAY: found {name!r}, which cannot be opened: {problem}"
            raise StudyError(found) from problem
