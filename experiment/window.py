"""The window of a session, and the texts and bars drawn in it."""

import os
import sys

from conditions.errors import StudyError
from experiment.layout import TEXT_HEIGHT, Place
from experiment.rig import Rig

BACKGROUND = (128, 128, 128)
FOREGROUND = (24, 24, 24)
QUIET = (80, 80, 80)
CORRECT = (0, 160, 60)
CHOSEN = (245, 245, 245)
FONT = "DejaVu Sans"


def require_display() -> None:
    """Check that there is a screen to open a window on.

    Raises
    ------
    StudyError
        On Linux without a display: PsychoPy and Psychtoolbox would crash there.
    """
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        raise StudyError(
            "there is no screen (DISPLAY is not set); without one, run the command under "
            'xvfb-run -a -s "-screen 0 1920x1080x24"'
        )


def open_window(rig: Rig):
    """Open a rig's window.

    Returns
    -------
    psychopy.visual.Window
        Units are pixels from the centre, colours 0…255.

    Raises
    ------
    StudyError
        Where the screen has another resolution than the rig.
    """
    require_display()
    from psychopy import logging, visual

    logging.console.setLevel(logging.ERROR)
    window = visual.Window(
        size=rig.resolution or (1920, 1080),
        fullscr=rig.full_screen,
        screen=rig.screen,
        units="pix",
        color=BACKGROUND,
        colorSpace="rgb255",
        allowGUI=False,
        checkTiming=False,
        multiSample=False,
    )
    found = tuple(int(side) for side in window.size)
    if rig.resolution is not None and found != rig.resolution:
        window.close()
        raise StudyError(
            f"rig {rig.name}: the screen has {found[0]} × {found[1]} px, "
            f"wanted {rig.resolution[0]} × {rig.resolution[1]} px"
        )
    window.mouseVisible = False
    return window


def refresh_period(window, rig: Rig) -> tuple[float, bool]:
    """Seconds between two refreshes, and whether they were measured (else the rig's)."""
    rate = window.getActualFrameRate(nIdentical=20, nMaxFrames=120, nWarmUpFrames=10)
    # A screen without vertical synchronisation flips as fast as it can: not a refresh rate.
    if rate is None or not 0.8 < rate / rig.refresh_hz < 1.25:
        return 1 / rig.refresh_hz, False
    return 1 / rate, True


def text(window, words: str, place: Place = (0, 0), height: int = TEXT_HEIGHT, **options):
    """A text, centred at a place."""
    from psychopy import visual

    options.setdefault("color", FOREGROUND)
    return visual.TextStim(
        window,
        text=words,
        pos=place,
        height=height,
        font=FONT,
        colorSpace="rgb255",
        wrapWidth=window.size[0] * 0.8,
        **options,
    )


def screenshot(window):
    """What is drawn for the next flip, as a PIL image (call before the flip)."""
    frame = window.getMovieFrame(buffer="back")
    window.movieFrames = []
    return frame.convert("RGB")
