"""The window of a session, and the texts and bars drawn in it."""

import os
import sys
from dataclasses import dataclass
from typing import Any

from PIL import Image

from conditions.errors import StudyError
from experiment.records.home import settle_home
from experiment.rig import Rig
from experiment.screen.correction import UNCHANGED, Colour, Correction
from experiment.screen.inks import Ink, inks_on, shares_of
from experiment.screen.layout import TEXT_HEIGHT, Place, line_length, scaled
from experiment.screen.x_server import x_display
from experiment.texts.fonts.choosing import Lettering, usual_lettering

Window = Any  # psychopy.visual.Window: the library ships no types.
Stimulus = Any  # One of psychopy.visual's: a text, a rectangle, an image.

# Like images, colours are pixel values; the window's correction makes levels of them.
BACKGROUND = (128, 128, 128)
FOREGROUND: Ink = "foreground"
QUIET: Ink = "quiet"
# Letters in pixels.
SMALLEST = 12
# Names of what draws where no graphics card does: programs, and what virtual machines show.
SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "software", "basic render", "gdi generic")
VIRTUAL_RENDERERS = ("svga3d", "virgl", "virtualbox", "chromium", "parallels")


def require_display() -> None:
    """Check that there is a screen to open a window on, and a folder for PsychoPy's settings.

    Whatever loads PsychoPy calls this first.

    Raises
    ------
    StudyError
        On Linux without a display, or with one that is gone: PsychoPy and Psychtoolbox would crash
        there. Where neither the home folder nor a temporary one can be written.
    """
    if sys.platform == "linux":
        if not os.environ.get("DISPLAY"):
            raise StudyError(
                "there is no screen (DISPLAY is not set); without one, run the command under "
                'xvfb-run -a -s "-screen 0 1920x1080x24"'
            )
        # A terminal may be older than the desktop, or name that of a connection that has ended.
        with x_display():
            pass
    settle_home()


def open_window(
    rig: Rig,
    correction: Correction = UNCHANGED,
    lettering: Lettering | None = None,
    background: int = BACKGROUND[0],
) -> Window:
    """Open a rig's window, with a grey background (its pixel value).

    Returns
    -------
    psychopy.visual.Window
        Units are pixels from the centre, colours 0…255. Its ``correction`` is the one given: what
        is drawn goes through it, colours by :func:`shown`, images when they are loaded. Its
        ``lettering`` is what texts are drawn in: the one given, or the usual one. Its ``inks``
        are the colours that can be seen on its background.

    Raises
    ------
    StudyError
        Where there is no screen.
    """
    require_display()
    from psychopy import logging, visual

    logging.console.setLevel(logging.ERROR)
    grey = (background, background, background)
    window = visual.Window(
        size=rig.resolution or (1920, 1080),
        fullscr=rig.full_screen,
        screen=rig.screen,
        units="pix",
        color=correction.colour(grey),
        colorSpace="rgb255",
        allowGUI=False,
        checkTiming=False,
        multiSample=False,
    )
    window.mouseVisible = False
    window.correction = correction
    window.inks = inks_on(grey, shares_of(rig, correction))
    window.lettering = lettering or usual_lettering()
    return window


def shown(window: Window, colour: Colour | Ink) -> Colour:
    """The levels at which a window shows a colour, given by its values or by what it is for."""
    if isinstance(colour, str):
        colour = window.inks.of(colour)
    return window.correction.colour(colour)


def size_of(window: Window) -> tuple[int, int]:
    """Width and height of a window in pixels."""
    width, height = window.size
    return int(width), int(height)


def length(window: Window, pixels: int) -> int:
    """A length for the window's screen, see :func:`experiment.screen.layout.scaled`."""
    return scaled(pixels, size_of(window))


@dataclass(frozen=True)
class Refresh:
    """Refreshes of the screen: the period in seconds that frames are judged by.

    ``measured_hz`` is None where nothing could be measured: the period is the rig's then, and
    ``note`` says why. ``drawn_by_program``: there is no graphics card whose refreshes could be.
    """

    period: float
    measured_hz: float | None
    note: str = ""
    drawn_by_program: bool = False


def measure_refresh(window: Window, rig: Rig) -> Refresh:
    """Measure the refresh rate of the screen that a window is on."""
    by_program = drawn_by_program(renderer(window))
    if by_program:
        # Flips do not wait for the screen then: what would be measured is the speed of drawing.
        return Refresh(1 / rig.refresh_hz, None, by_program, drawn_by_program=True)
    rate = window.getActualFrameRate(nIdentical=20, nMaxFrames=240, nWarmUpFrames=10)
    if rate is None:
        note = (
            f"no 20 frames of the same length ({renderer(window)}): close other programs, and "
            "switch vertical synchronisation on in the driver's settings"
        )
        return Refresh(1 / rig.refresh_hz, None, note)
    return Refresh(1 / rate, float(rate))


def drawn_by_program(renderer: str) -> str:
    """What is to be said of a renderer that is no graphics card; empty where it is one.

    Parameters
    ----------
    renderer : str
        Its name, see :func:`renderer`.
    """
    for names, what in (
        (SOFTWARE_RENDERERS, "drawn by a program, not by a graphics card"),
        (VIRTUAL_RENDERERS, "drawn in a virtual machine"),
    ):
        if any(name in renderer.lower() for name in names):
            return f"{what} ({renderer}): flips do not wait for the screen"
    return ""


def screen_sizes() -> list[tuple[int, int]]:
    """Width and height in pixels of all screens.

    PsychoPy takes the first one, silently, where a rig's does not exist.
    """
    import pyglet

    return [(each.width, each.height) for each in pyglet.canvas.get_display().get_screens()]


def renderer(window: Window) -> str:
    """Name of what draws: the graphics card, or a program."""
    return str(window.winHandle.context.get_info().get_renderer())


def text(
    window: Window,
    words: str,
    place: Place = (0, 0),
    height: int = TEXT_HEIGHT,
    line: float | None = None,
    **options: Any,
) -> Stimulus:
    """A text, centred at a place.

    Parameters
    ----------
    window, words, place
        Where, and what is read.
    height : int
        Of its letters, in pixels of a usual screen.
    line : float, optional
        The longest line, as a multiple of that height; by default, and at most, that of the screen.
    **options
        See :class:`experiment.screen.words.Words`.
    """
    from experiment.screen.words import Words

    longest = line_length(size_of(window))
    if line is not None:
        longest = min(longest, round(line * length(window, height)))
    return Words(
        window,
        words,
        pos=place,
        height=length(window, height),
        color=shown(window, options.pop("color", FOREGROUND)),
        colorSpace="rgb255",
        wrapWidth=longest,
        **options,
    )


def text_within(
    window: Window, words: str, tallest: int, height: int, smallest: int = SMALLEST, **options: Any
) -> Stimulus:
    """A text at most so many pixels tall: with smaller letters where it needs them.

    They are no smaller than ``smallest`` pixels; the default can still be read.
    """
    stimulus = text(window, words, height=height, **options)
    if stimulus.boundingBox[1] <= tallest:
        return stimulus
    fits, too_large = smallest, int(stimulus.height)
    while too_large - fits > 1:
        stimulus.resize((fits + too_large) // 2)
        if stimulus.boundingBox[1] <= tallest:
            fits = int(stimulus.height)
        else:
            too_large = int(stimulus.height)
    stimulus.resize(fits)
    return stimulus


def screenshot(window: Window) -> Image.Image:
    """What is drawn for the next flip, as a PIL image (call before the flip)."""
    frame = window.getMovieFrame(buffer="back")
    window.movieFrames = []
    return frame.convert("RGB")
