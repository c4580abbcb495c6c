"""The square that says to a photodiode when the images of a trial are on the screen."""

from conditions.rig.rig import Rig
from experiment.screen.window import Window, size_of

# Levels of the screen, not colours: no correction stands between them and the photodiode.
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


class Patch:
    """The rig's patch in a window; where the rig has none, nothing is drawn.

    It is drawn last with every flip, black at first, whatever else is on the screen then: what
    :meth:`set` says comes on the screen with the next flip, as what is drawn for that flip does.

    Parameters
    ----------
    window : psychopy.visual.Window
    rig : Rig
    """

    def __init__(self, window: Window, rig: Rig) -> None:
        self._window, self._square, self._on = window, None, False
        self.lit = False
        if rig.patch is None:
            return
        from psychopy import visual

        self._square = visual.Rect(
            window,
            width=rig.patch.side_px,
            height=rig.patch.side_px,
            pos=rig.patch.centre(size_of(window)),
            colorSpace="rgb255",
            fillColor=BLACK,
            lineColor=None,
            units="pix",
        )
        self._square.autoDraw = True

    def set(self, on: bool) -> None:
        """White (on) or black from the next flip on; ``lit`` is what the last flip showed."""
        if self._square is None or on == self._on:
            return
        self._on = on
        self._square.fillColor = WHITE if on else BLACK
        self._window.callOnFlip(self._note, on)

    def draw(self) -> None:
        """Draw it now: only for pictures that are taken before a flip, which draws it itself."""
        if self._square is not None:
            self._square.draw()

    def _note(self, on: bool) -> None:
        self.lit = on
