"""What a trial looks like; its stimuli are made once and filled anew for each trial."""

from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from conditions.study.answering import Keys
from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from experiment.keyboard.watched import Keyboard
from experiment.plan import Trial
from experiment.screen.layout import FRAME, TITLE_DISTANCE, Layout, Place
from experiment.screen.trials.images import IMAGE_COLUMNS
from experiment.screen.trials.marks import Mark, Marks
from experiment.screen.trials.patch import Patch
from experiment.screen.window import QUIET, Stimulus, Window, length, shown, text
from experiment.texts.languages import as_printed, keys_label, row_label

OnFlip = Callable[[], None] | None


class TrialScreen:
    """Draws trials.

    Parameters
    ----------
    window : psychopy.visual.Window
    layouts : dict
        Layout by number of references, see :func:`experiment.screen.sizes.layouts_of`.
    texts : dict
        Texts by key.
    keys : Keys
        Keys that answer.
    patch : Patch, optional
        Is white while the images of a trial are shown.
    """

    def __init__(
        self,
        window: Window,
        layouts: dict[int, Layout],
        texts: dict[str, str],
        keys: Keys,
        patch: Patch | None = None,
    ) -> None:
        from psychopy import visual

        self.window = window
        self._layouts, self._texts, self._keys = layouts, texts, keys
        self._printed = as_printed(texts)
        some = next(iter(layouts.values()))
        self.image = some.image
        size = (some.image, some.image)
        self._images = {
            column: visual.ImageStim(window, size=size, units="pix", interpolate=False)
            for column in IMAGE_COLUMNS
        }
        self._images["upper"].pos, self._images["lower"].pos = some.upper, some.lower
        queries = {"upper": some.upper, "lower": some.lower}
        self._marks = Marks(window, some.image, queries, self._room_between(), texts)
        self._titles: dict[tuple[str, Place], Stimulus] = {}
        self._question = text(window, "")
        self._hint = text(window, "", color=QUIET)
        self._fixation = text(window, "+", height=48)
        width, line = window.size[0] // 3, shown(window, "line")
        self._bar = [
            _rectangle(window, width, length(window, 8), some.bar, **colours)
            for colours in ({"lineColor": line, "lineWidth": 2}, {"fillColor": line})
        ]
        self._shown: list[Stimulus] = []
        self._patch = patch

    def load(
        self, trial: Trial, images: dict[str, Image.Image], progress: float | None = None
    ) -> None:
        """Upload a trial's images and set its texts; ``progress`` (0…1) is shown as a bar.

        The images are in levels of the screen, as :func:`decode` gives them.
        """
        layout = self._layouts[trial["n_references"]]
        for columns, places in ((LEFT_COLUMNS, layout.left), (RIGHT_COLUMNS, layout.right)):
            for column, place in zip(columns, places, strict=False):
                self._images[column].pos = place
        for column, image in images.items():
            self._images[column].setImage(image)
        self._shown = [self._images[column] for column in images]
        for column in ("left_title", "right_title"):
            if trial[column]:
                words = self._texts[f"title_{trial[column]}"]
                self._shown.append(self._title(words, getattr(layout, column)))
        self._question.pos, self._hint.pos = layout.question, layout.hint
        if progress is not None:
            full, done = self._bar
            done.width = max(1, round(full.width * progress))
            done.pos = (full.pos[0] - (full.width - done.width) / 2, full.pos[1])
            self._shown += self._bar

    def _room_between(self) -> float:
        """Width in pixels between the images left and right of the queries."""
        reach = float(self.window.size[0]) / 2
        for layout in self._layouts.values():
            reach = min([reach, *(abs(x) - layout.image / 2 for x, _ in layout.left)])
        return 2 * (reach - length(self.window, FRAME))

    def _title(self, words: str, place: Place) -> Stimulus:
        """A title, smaller where it would reach into the screen's other half or beyond its edge."""
        if (words, place) not in self._titles:
            title = text(self.window, words, place)
            room = 2 * min(abs(place[0]), self.window.size[0] / 2 - abs(place[0]))
            title.narrow(room)
            self._titles[words, place] = title
        return self._titles[words, place]

    def below_grid(self, trial: Trial) -> int:
        """Height of the lower edge of a trial's images, in pixels from the centre."""
        hint = self._layouts[trial["n_references"]].hint[1]
        return hint + length(self.window, TITLE_DISTANCE)

    def ask(self, question: str, hint: str = "") -> None:
        """Set the words above and below the images."""
        self._question.text, self._hint.text = question, hint

    def ask_choice(self, trial: Trial) -> None:
        """Set the texts that ask which query it is."""
        blanks = {
            "upper": keys_label(self._printed, self._keys.upper),
            "lower": keys_label(self._printed, self._keys.lower),
            "upper_keys": row_label(self._printed, self._keys.upper_confidence),
            "lower_keys": row_label(self._printed, self._keys.lower_confidence),
        }
        hint = "hint_choice" if self._keys.mode == "two_stage" else "hint_combined"
        self.ask(
            self._texts["question" if trial["n_references"] else "question_none"],
            self._texts[hint].format(**blanks),
        )

    def ask_confidence(self) -> None:
        """Set the texts that ask how confident the answer is."""
        low, middle, high = (keys_label(self._printed, names) for names in self._keys.confidence)
        hint = self._texts["hint_confidence"].format(low=low, middle=middle, high=high)
        self.ask(self._texts["confidence"], hint)

    def say_too_slow(self) -> None:
        """Set the text that says that the deadline has passed."""
        self.ask(self._texts["too_slow"])

    def words(self) -> list[Stimulus]:
        """Titles and bars as loaded, question and hint as set, words beside all marks."""
        images = self._images.values()
        texts = [s for s in self._shown if s not in images]
        return [*texts, self._question, self._hint, *self._marks.labels]

    def draw(self, asks: bool = True, marks: Mapping[str, Mark] | None = None) -> None:
        """Draw the trial: with question and hint, and with marks by query."""
        for stimulus in self._shown:
            stimulus.draw()
        if asks:
            self._question.draw()
            self._hint.draw()
        self._marks.draw(marks or {})

    def mark(self, on: bool) -> None:
        """Make the patch white (on) or black with the next flip, if there is one."""
        if self._patch is not None:
            if on and self._patch.lit:
                self.window.flip()  # Nothing was shown since the last trial: tells the two apart.
            self._patch.set(on)

    def hold(
        self,
        keyboard: Keyboard,
        seconds: float,
        period: float,
        on_flip: OnFlip = None,
        **drawing: Any,
    ) -> None:
        """Draw the trial for some seconds, to the nearest refresh; ``on_flip`` is of the first."""
        self._flip_for(keyboard, seconds, period, lambda: self.draw(**drawing), on_flip)

    def fixate(
        self,
        keyboard: Keyboard,
        seconds: float,
        period: float,
        until: Callable[[], bool] = lambda: False,
        on_flip: OnFlip = None,
    ) -> None:
        """Draw a fixation cross for some seconds, to the nearest refresh, or ``until`` is true."""
        self._flip_for(keyboard, seconds, period, self._fixation.draw, on_flip, until=until)

    def blank(
        self,
        keyboard: Keyboard,
        seconds: float,
        period: float,
        load: Callable[[], None],
        on_flip: OnFlip = None,
    ) -> None:
        """Draw nothing for some seconds (or longer, while ``load`` works meanwhile)."""
        self._flip_for(keyboard, seconds, period, lambda: None, on_flip, load)

    def _flip_for(
        self,
        keyboard: Keyboard,
        seconds: float,
        period: float,
        draw: Callable[[], None],
        on_flip: OnFlip = None,
        meanwhile: Callable[[], None] = lambda: None,
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        # By the clock rather than by a number of frames: right without vertical synchronisation,
        # and after a dropped frame. The next flip comes a period after the last one of these.
        from psychopy import core

        if seconds <= 0:
            meanwhile()
            return
        draw()
        if on_flip is not None:
            self.window.callOnFlip(on_flip)
        self.window.flip()
        shown = core.Clock()
        meanwhile()
        while shown.getTime() < seconds - 1.5 * period and not until():
            keyboard.presses()  # Nothing is asked; but the listener takes note of Escape.
            draw()
            self.window.flip()


def _rectangle(
    window: Window, width: int, height: int, place: tuple[int, int], **options: Any
) -> Stimulus:
    from psychopy import visual

    options = {"fillColor": None, "lineColor": None} | options
    return visual.Rect(
        window, width=width, height=height, pos=place, colorSpace="rgb255", **options
    )
