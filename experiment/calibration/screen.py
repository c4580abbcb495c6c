"""What a calibration shows: patches of one colour, and a bank card to check the width with."""

from PIL import Image

from experiment.keyboard.watched import WatchedKeyboard
from experiment.screen.correction import Colour
from experiment.screen.layout import TEXT_HEIGHT
from experiment.screen.pages import Pages, StoppedError
from experiment.screen.window import BACKGROUND, QUIET, Window, screenshot, text

# Cards of format ID-1: bank cards, identity cards, driving licences (ISO/IEC 7810), in cm.
CARD_CM = (8.56, 5.398)
CARD_COLOUR = (225, 225, 225)
# Arrow keys change the card's width by so many pixels.
STEPS = {"left": -1, "right": 1, "down": -10, "up": 10}
ACCEPT = ("return", "space")


class PatchScreen:
    """Shows square patches in the middle of an uncorrected window, on the grey of sessions.

    Parameters
    ----------
    window : psychopy.visual.Window
    keyboard : WatchedKeyboard
        Hears Escape.
    """

    def __init__(self, window: Window, keyboard: WatchedKeyboard) -> None:
        from psychopy import visual

        self.window, self.keyboard = window, keyboard
        self.side = int(min(window.size)) // 3
        self._patch = visual.Rect(
            window, self.side, self.side, colorSpace="rgb255", fillColor=BACKGROUND, lineColor=None
        )
        self._words = text(window, "", (0, -int(window.size[1]) * 2 // 5), color=QUIET)

    def show(self, levels: Colour, words: str) -> None:
        """Show a patch with these levels of red, green and blue, and words at the lower edge."""
        self._patch.fillColor = levels
        self._words.text = words
        self.draw()
        self.window.flip()
        # Once more, unflipped: the frame buffer of a screen without a graphics card is readable
        # only at the back.
        self.draw()

    def seen(self) -> Image.Image:
        """The middle of the patch, read back from the frame buffer."""
        frame, reach = screenshot(self.window), self.side // 4
        x, y = (side // 2 for side in frame.size)
        return frame.crop((x - reach, y - reach, x + reach, y + reach))

    def wait(self, seconds: float) -> None:
        """Wait while the patch stays.

        Raises
        ------
        StoppedError
            Where Escape was pressed, at any time since the start.
        """
        from psychopy import core

        core.wait(seconds)
        self.keyboard.presses()
        if self.keyboard.escaped:
            raise StoppedError

    def draw(self) -> None:
        """Draw patch and words, without a flip."""
        self._patch.draw()
        self._words.draw()


def card_width(screen_cm: float, screen_px: int) -> int:
    """Pixels that a card is wide on a screen."""
    return round(CARD_CM[0] * screen_px / screen_cm)


def screen_width(card_px: int, screen_px: int) -> float:
    """Width of a screen in cm, to 0.1 mm, on which a card is so many pixels wide."""
    return round(CARD_CM[0] * screen_px / card_px, 2)


def check_width(window: Window, keyboard: WatchedKeyboard, pages: Pages, screen_cm: float) -> float:
    """Show a rectangle of a card's size, to be made fit with the arrow keys.

    Returns
    -------
    float
        Width of the screen in cm: the one given where the rectangle was left as it is, otherwise
        that at which the card has its true size.

    Raises
    ------
    StoppedError
        Where the operator presses Escape and then confirms.
    """
    from psychopy import visual

    screen_px = int(window.size[0])
    first = width = card_width(screen_cm, screen_px)
    card = visual.Rect(window, colorSpace="rgb255", fillColor=CARD_COLOUR, lineColor=None)
    words = text(
        window,
        "Hold a bank card against the screen.\n\n"
        "Does the bright rectangle have its width and its height? If not, make it fit: "
        "← → by one pixel, ↓ ↑ by ten.\n"
        "If width and height cannot both fit, the screen's own scaling is not right.",
        (0, int(window.size[1]) // 3),
        alignText="center",
    )
    result = text(window, "", (0, -int(window.size[1]) // 3), height=TEXT_HEIGHT + 4)
    window.callOnFlip(keyboard.start)
    while True:
        taken = screen_cm if width == first else screen_width(width, screen_px)
        card.size = (width, width * CARD_CM[1] / CARD_CM[0])
        result.text = f"The screen is {taken:g} cm wide.\n\nEnter goes on"
        for stimulus in (card, words, result):
            stimulus.draw()
        window.flip()
        for press in keyboard.presses():
            width = max(50, min(screen_px, width + STEPS.get(press.key, 0)))
            if press.key in ACCEPT:
                return screen_cm if width == first else screen_width(width, screen_px)
        if keyboard.escaped:
            pages.ask_to_stop()
            window.callOnFlip(keyboard.start)
