"""What is drawn: the font that was looked at, lines from the top, letters from the right."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.experiment.in_window import run_script
from tests.experiment.texts.fonts.making import block_font

# A window for each lettering would take seconds: its texts are made anew in one.
SCRIPT = """
import json, sys
from pathlib import Path
from conditions.errors import StudyError
from experiment.keyboard.listener import Press
from experiment.keyboard.observer import HumanObserver
from experiment.rig import Rig
from experiment.screen import words
from experiment.screen.pages import Pages
from experiment.screen.window import open_window, screenshot, text
from experiment.texts.fonts.choosing import Lettering
from experiment.texts.fonts.typeface import Place, typeface_of, usual_typeface
from experiment.texts.languages import load_texts

folder = Path(sys.argv[1])
window = open_window(Rig(name="test", full_screen=False, resolution=[800, 600]))
usual, said = usual_typeface(), {}
blocks = typeface_of(Place(folder / "blocks.ttf"), Place(folder / "bold.ttf"))

def draw(name, shown, lettering, **options):
    window.lettering = lettering
    stimulus = text(window, shown, **options)
    stimulus.draw()
    screenshot(window).save(folder / f"{name}.png")
    window.clearBuffer()
    said[name] = [stimulus._font.name, stimulus.text, bool(stimulus.bold)]
    return stimulus

draw("hebrew", "\u05d0 \u05d1", Lettering(blocks, "rtl"))
draw("lines", "\u05d0" * 36 + " " + "\u05d1" * 40, Lettering(blocks, "rtl"))
draw("chinese", "\u9009" * 60, Lettering(blocks))
draw("bold", "\u9009", Lettering(blocks), bold=True)
draw("operator", "\u2713 disk", Lettering(blocks))
draw("box", "\u6b22", Lettering(blocks))
later = draw("later", "", Lettering(blocks, "rtl"))
later.text = "\u05d0 \u05d1"
said["later"][1] = later.text

# A keyboard that another window has, and its window; at the second look there is a press.
class Away:
    escaped, away, told = False, True, 0
    def presses(self):
        self.told += 1
        return [Press("space", 0.1)] * (self.told > 1)
    focus = property(lambda self: self)
    clicked = take = start = lambda self: False
    now = lambda self, phase: None

flip = window.flip
def pictured():
    screenshot(window).save(folder / "page.png")
    flip()
window.flip = pictured
texts = load_texts("en") | {"focus_away": ""}
window.lettering = Lettering(usual)
pages = Pages(window, Away(), HumanObserver(), texts, ("space",))
pages.show("a line of what was found\\n\\n" * 10, "title")
window.flip = flip
# Where a font does not get to what draws, another would be drawn.
words._known.clear()
words.pyglet.font.add_file = lambda content: None
other = typeface_of(Place(folder / "other.ttf"))
try:
    draw("lost", "A", Lettering(other))
except StudyError as error:
    said["lost"] = str(error)
window.close()
said["names"] = [blocks.name, usual.name]
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def drawn(screen, tmp_path_factory) -> tuple[Path, dict]:
    """A folder of pictures, and what the stimuli said: font, text in order of drawing, bold."""
    folder = tmp_path_factory.mktemp("drawn")
    # Two Hebrew letters, a wide and a narrow one; a Chinese one.
    block_font("Blocks", {"א": 1000, "ב": 250, "选": 1000, "A": 500}).save(folder / "blocks.ttf")
    block_font("Blocks", {"א": 1000, "ב": 250, "选": 500, "A": 500}, bold=True).save(
        folder / "bold.ttf"
    )
    block_font("Other", {"A": 700}).save(folder / "other.ttf")
    return folder, json.loads(run_script(SCRIPT, screen, str(folder)).splitlines()[-1])


def ink(folder: Path, name: str) -> np.ndarray:
    return np.asarray(Image.open(folder / f"{name}.png").convert("L")) < 76


def runs(there: np.ndarray) -> list[int]:
    """Lengths of what is not interrupted, in a row of truth values."""
    edges = np.flatnonzero(np.diff(there.astype(int), prepend=0, append=0))
    return [int(end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def lines(there: np.ndarray) -> list[list[int]]:
    """Widths of what stands in each line of text, between spaces, from the left."""
    filled = there.any(axis=1)
    edges = np.flatnonzero(np.diff(filled.astype(int), prepend=0, append=0))
    return [
        runs(there[top:end].any(axis=0)) for top, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def test_the_font_that_is_drawn_is_the_one_that_was_looked_at(drawn):
    _, said = drawn
    blocks, usual = said["names"]
    own = {name: said[name][0] for name in ("hebrew", "lines", "chinese", "bold", "box")}
    assert own == dict.fromkeys(own, blocks)
    assert said["operator"][0] == usual, "a mark that only the usual font has"
    assert "Other cannot be drawn here" in said["lost"]


def test_letters_run_from_the_right(drawn):
    folder, said = drawn
    assert said["hebrew"][1] == said["later"][1] == "ב א"
    ((narrow, wide),) = lines(ink(folder, "hebrew"))
    assert narrow < 8 < 14 < wide


def test_the_first_words_of_a_paragraph_stand_in_its_first_line(drawn):
    (first,), (second,) = lines(ink(drawn[0], "lines"))
    assert first > 2 * second > 0


def test_words_without_spaces_are_broken_at_the_edge(drawn):
    widths = [width for (width,) in lines(ink(drawn[0], "chinese"))]
    assert 500 < min(widths) <= max(widths) <= 720
    assert max(widths) - min(widths) < 40, "lines are of about the same length"


def test_bold_letters_are_those_of_the_bold_font(drawn):
    folder, said = drawn
    assert (said["bold"][2], said["hebrew"][2]) == (True, False)
    ((bold,),) = lines(ink(folder, "bold"))
    assert 6 <= bold <= 12, "half as wide as the usual one"


def test_a_long_page_keeps_clear_of_title_hint_and_the_band_below_them(drawn):
    picture = np.asarray(Image.open(drawn[0] / "page.png").convert("L")).astype(int)
    height = len(picture)
    dark = picture < 115
    band = np.flatnonzero(dark.all(axis=1))
    written = np.flatnonzero(dark.any(axis=1) & ~dark[:, 0])
    blank = np.diff(written) - 1
    # Below the title and above the hint there is more room than between two lines.
    (title_end, body_end) = written[np.sort(np.argsort(blank)[-2:])]
    assert title_end < height // 4 < height // 2 < body_end
    assert written[-1] < band[0]
