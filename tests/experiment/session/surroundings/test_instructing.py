"""The example that is answered by key, the least reading time, and the summary of the keys."""

import json

import pytest

from conditions.study.answering import Keys
from experiment.session.surroundings.keys_summary import rows_of
from experiment.texts.languages import load_texts
from tests.experiment.in_window import run_in_window

pytestmark = pytest.mark.window

# What is pressed at each question, by scenario; of the references, and how keys answer.
SCRIPT = """
import faulthandler
from types import SimpleNamespace
from experiment.screen.pages import Pages
from experiment.session.surroundings.example import run_example
from experiment.session.surroundings.keys_summary import show_keys

faulthandler.dump_traceback_later(60, exit=True)

class Player(HumanObserver):
    def __init__(self, moves):
        self.moves, self.heard = list(moves), []
    def asked(self, question):
        self.heard.append([question.kind, list(question.keys), log[-1:]])
        if self.moves:
            keys = self.moves.pop(0)
            threading.Timer(0.05, lambda: [fake.press(key, 0.01) for key in keys]).start()

log, lit, found = [], [], {}
patch = SimpleNamespace(lit=False, set=lit.append)
modes = {mode: Keys(mode=mode, upper=["up", "w"]) for mode in ("two_stage", "combined")}
timing = Timing(fixation=0, feedback_delay=0, feedback=9, deadline=0.1)

def screen_of(mode, n):
    layouts = {n: trial_layout((1920, 1080), 64, n or 1)}
    screen = TrialScreen(window, layouts, texts, modes[mode], patch)
    ask = screen.ask
    screen.ask = lambda question, hint="": (log.append(question), ask(question, hint))
    return screen

for name, mode, n, left, moves in (
    # Right at once; what is pressed too early on the page counts for nothing.
    ("right", "two_stage", 9, "min", [["w"], ["3"], ["space"], ["space"]]),
    # Wrong, then right by the other key: the images are exchanged.
    ("wrong", "two_stage", 2, None, 2 * [["down"], ["1"], [], ["space"]]),
    ("again and again", "combined", 0, None,
     [["a"], [], ["space"], ["q"], [], ["space"], ["e"], [], ["space"]]),
    # Escape asks whether to stop; whoever goes on is asked again.
    ("escape", "combined", 9, "min", [["escape"], ["space"], ["e"], [], ["space"]]),
):
    log.clear()
    player = Player(moves)
    pages = Pages(window, keyboard, player, texts, ("space",))
    meeting = Meeting(screen_of(mode, n), keyboard, player, timing, modes[mode], 1 / 60,
                      psychopy.core.Clock())
    like = {"n_references": n, "left_title": left}
    tries = run_example(meeting, pages, texts, like, 0.15)
    found[name] = [tries, player.heard, player.moves]

player, hints = Player([[], ["space"]]), []
pages = Pages(window, keyboard, player, texts, ("space",))
log.clear()
pages.wait(lambda: None, lambda: log.append("hint"), 0.1)
found["read"] = [0, player.heard, player.moves]
log.clear()
player = Player([["space"]])
show_keys(window, Pages(window, keyboard, player, texts, ("space",)), texts, modes["combined"], 0)
found["keys"] = [0, player.heard, player.moves]
print(json.dumps([found, any(lit)]))
window.close()
"""


@pytest.fixture(scope="module")
def played(screen) -> list:
    return json.loads(run_in_window(SCRIPT, screen).splitlines()[-1])


@pytest.fixture(scope="module")
def found(played) -> dict[str, list]:
    return played[0]


def asked(heard: list) -> list:
    return [[kind, keys] for kind, keys, _ in heard]


ASKED = ["example", ["up", "down"]]
ASKED_AGAIN = ["example", ["down", "up"]]
CONFIDENCE = ["example", ["1", "2", "3"]]
READ, GO_ON = ["page", []], ["page", ["space"]]


def test_an_example_that_is_answered_correctly_comes_once(found):
    tries, heard, left = found["right"]
    assert (tries, left) == (1, [])
    assert asked(heard) == [ASKED, CONFIDENCE, READ, GO_ON]


def test_a_wrong_answer_is_explained_and_the_images_are_exchanged(found):
    tries, heard, left = found["wrong"]
    assert (tries, left) == (2, [])
    assert asked(heard) == [
        *(ASKED, CONFIDENCE, READ, GO_ON),
        *(ASKED_AGAIN, CONFIDENCE, READ, GO_ON),
    ]
    said = [words for kind, _, [words] in heard if kind == "page"]
    assert [words.split(":")[0] for words in said] == [*["Not this one"] * 2, *["Correct"] * 2]


def test_the_example_comes_until_it_is_right_and_its_first_key_is(found):
    tries, heard, left = found["again and again"]
    assert (tries, left) == (3, [])
    rows = [keys for kind, keys, _ in heard if kind == "example"]
    assert [row[0] for row in rows] == ["q", "a", "q"]
    # Without references it is asked as such a trial is.
    assert heard[0][2] == [load_texts("en")["question_none"]]


def test_escape_asks_and_the_example_begins_again(found):
    tries, heard, left = found["escape"]
    assert (tries, left) == (1, [])
    combined = ["example", list("qweasd")]
    assert asked(heard) == [combined, ["page", ["space", "return"]], combined, READ, GO_ON]


def test_the_patch_stays_dark_in_an_example(played):
    assert not played[1]


def test_a_page_has_no_hint_and_no_key_before_its_time(found):
    _, heard, left = found["read"]
    assert left == []
    assert heard == [["page", [], []], ["page", ["space"], ["hint"]]]


def test_the_summary_is_left_by_the_key_that_goes_on(found):
    assert asked(found["keys"][1]) == [GO_ON]


def test_the_summary_names_each_key_and_what_it_says():
    texts = load_texts("en")
    images, levels = rows_of(texts, Keys(upper=["up", "num_8"], confidence=["1", "2", ["3", "x"]]))
    assert images == [("↑ or number pad 8", "upper image"), ("↓", "lower image")]
    assert levels == [
        ("1", "not confident"),
        ("2", "somewhat confident"),
        ("3 or x", "very confident"),
    ]
    rows = rows_of(load_texts("de"), Keys(mode="combined"))
    assert [[key for key, _ in row] for row in rows] == [list("qwe"), list("asd")]
    assert rows[1][2] == ("d", "unteres Bild\nsehr sicher")


def test_keys_are_named_without_a_sentence_around_them():
    keys = Keys(upper=["space"], lower=["lctrl"], go_on="right")
    (upper, lower), _ = rows_of(load_texts("de"), keys)
    assert (upper[0], lower[0]) == ("Leertaste", "Strg links")
