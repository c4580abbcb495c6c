"""Another window takes the keyboard: what is typed there never counts, and it is recorded."""

import json

import pytest

from conditions.tables.files import read_table
from conditions.tables.sessions import ONSETS
from experiment.keyboard.xtest import FakeKeyboard
from experiment.records.recorder import whole_rows
from tests.experiment.events.whole import check_events
from tests.experiment.in_window import run_in_window
from tests.experiment.rehearsed import (
    SHORT,
    check_whole,
    facts,
    presses,
    start,
    tiny_study,
    wait_for,
)
from tests.experiment.thief import Thief

pytestmark = pytest.mark.window

# In each scenario, by what is asked: (seconds after the question, what is done) one after the
# other. A trial that is taken back is asked once more, as a session does.
SCRIPT = """
import faulthandler
from experiment.screen.pages import FocusLostError, Pages
from experiment.session.rating import Slider, rate
from tests.experiment.thief import Thief

thief, own = Thief(), window.winHandle._window
does = {"tap": lambda: fake.press("down", 0.01), "steal": thief.steal, "click": fake.click,
        "grab": lambda: thief.grab(True), "ungrab": lambda: thief.grab(False),
        "hide": lambda: thief.show(own, False), "show": lambda: thief.show(own, True)}

class Player(HumanObserver):
    def __init__(self, moves):
        self.moves, self.heard = {kind: list(turns) for kind, turns in moves.items()}, []
    def asked(self, question):
        self.heard.append(question.kind)
        turns = self.moves.get(question.kind)
        if turns:
            turn = turns.pop(0)
            if turn[0][1] == "tap":     # Before the session looks again.
                thief.steal()
                play(turn)
                thief.give(own)
            else:
                threading.Thread(target=play, args=(turn,)).start()

def play(turn):
    for seconds, what in turn:
        time.sleep(seconds)
        if what:
            does[what]() if what in does else fake.press(what, 0.01)

layout = trial_layout((1920, 1080), 64, 0)
screen = TrialScreen(window, {0: layout}, texts, Keys())
trial = example_trial(0) | {"trial": 7, "condition": "none"}
screen.load(trial, example_images(64, 0))
slider, found = Slider(window, texts, screen.below_grid(trial)), {}
faulthandler.dump_traceback_later(60, exit=True)
found["first"] = thief.display.get_input_focus().focus.id == own
for name, scenario in json.loads(sys.argv[1]).items():
    player, onsets, clock = Player(scenario["moves"]), [], psychopy.core.Clock()
    keyboard = watched(keyboard._listener, window, clock.getTime)
    timing = Timing(fixation=scenario.get("fixation", 0.05), feedback_delay=0.05,
                    feedback=scenario.get("lasts", 0.1))
    meeting = Meeting(screen, keyboard, player, timing, Keys(), 1 / 60, clock)
    pages, answers = Pages(window, keyboard, player, texts, ("space",)), []
    for _ in range(scenario.get("trials", 1)):
        while True:
            try:
                if scenario.get("rate"):
                    rating = rate(meeting, slider, trial, "?", onsets.append)
                    answers.append([rating.rating, round(rating.rt, 3)])
                else:
                    answer = run_trial(meeting, trial, onsets.append, lambda answer: None)
                    answers.append([answer.response, answer.confidence])
                break
            except FocusLostError:
                pages.regain()
    if scenario.get("page"):
        pages.show("A page.")
    found[name] = {"answers": answers, "onsets": len(onsets), "escapes": pages.escapes,
                   "losses": keyboard.losses(), "heard": player.heard}
    time.sleep(0.2)
print(json.dumps(found))
window.close()
"""
CHOOSE, SURE, BACK = [(0.1, "up")], [(0.05, "3")], [(0.1, "click")]
ONCE_MORE = [CHOOSE, CHOOSE]


def stolen(*then: tuple[float, str]) -> list:
    return [(0.1, "steal"), *then]


WANTED = {
    # An answer and what goes on, typed into the other window; then the click.
    "choice": {
        "moves": {
            "choice": [stolen((0.06, "down")), CHOOSE],
            "focus": [[(0.1, "space"), (0.1, "escape"), (0.1, "click")]],
            "confidence": [SURE],
        }
    },
    # There and back between two looks, with a key typed meanwhile.
    "at_once": {
        "moves": {
            "choice": [[(0.02, "tap"), (0.05, "")], CHOOSE],
            "focus": [[(0.2, "space")]],
            "confidence": [SURE],
        }
    },
    "confidence": {
        "moves": {"choice": ONCE_MORE, "confidence": [stolen((0.05, "1")), SURE], "focus": [BACK]}
    },
    "feedback": {
        "trials": 2,
        "lasts": 1.0,
        "moves": {
            "choice": ONCE_MORE,
            "confidence": [SURE, SURE],
            "feedback": [[(0.03, "steal")]],
            "focus": [BACK],
        },
    },
    "locked": {
        "moves": {
            "choice": [[(0.1, "grab"), (0.06, "down")], CHOOSE],
            "focus": [[(0.1, "space"), (0.1, "ungrab"), (0.1, "space")]],
            "confidence": [SURE],
        }
    },
    "minimised": {
        "moves": {
            "choice": [[(0.1, "hide"), (0.06, "down")], CHOOSE],
            "focus": [[(0.1, "space"), (0.1, "show"), (0.2, "click")]],
            "confidence": [SURE],
        }
    },
    "rating": {
        "rate": True,
        "moves": {
            "rating": [
                [(0.1, "right"), (0.05, "steal"), (0.06, "return")],
                [(0.1, "left"), (0.1, "return")],
            ],
            "focus": [BACK],
        },
    },
    # A page's key counts once the page has the keyboard; Escape in another window asks nobody.
    "page": {
        "trials": 0,
        "page": True,
        "moves": {
            "page": [stolen((0.1, "space"), (0.05, "escape")), [(0.1, "space")]],
            "focus": [[(0.4, "click")]],
        },
    },
}


@pytest.fixture(scope="module")
def found(screen):
    printed = run_in_window(SCRIPT, screen, json.dumps(WANTED))
    return json.loads(printed.splitlines()[-1])


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("choice", "choice"),
        ("at_once", "choice"),
        ("confidence", "confidence"),
        ("locked", "choice"),
        ("minimised", "choice"),
    ],
)
def test_a_trial_begins_again_and_what_was_typed_elsewhere_is_not_its_answer(found, name, phase):
    assert found[name]["answers"] == [["upper", 3]]
    assert found[name]["onsets"] == 2
    (loss,) = found[name]["losses"]
    assert (loss["phase"], loss["trial"], loss["again"]) == (phase, 7, True)
    assert loss["at"] > 0.1
    assert loss["seconds"] > 0
    assert found[name]["escapes"] == 0


def test_without_a_window_manager_the_window_takes_the_keyboard(found):
    assert found["first"]


def test_a_trial_that_is_answered_is_not_taken_back(found):
    here = found["feedback"]
    assert here["answers"] == [["upper", 3]] * 2
    # The second was not shown before the click.
    assert here["onsets"] == 2
    assert [(each["phase"], each["again"]) for each in here["losses"]] == [("feedback", False)]


def test_a_rating_begins_again(found):
    here = found["rating"]
    assert [rating for rating, _ in here["answers"]] == [-5]
    assert here["onsets"] == 2
    assert [(each["phase"], each["again"]) for each in here["losses"]] == [("rating", True)]


def test_a_page_waits_for_the_keyboard(found):
    here = found["page"]
    assert here["heard"] == ["page", "focus", "page"]
    assert [(each["phase"], each["trial"]) for each in here["losses"]] == [("page", None)]
    assert here["escapes"] == 0


SLOW = "page_rt: 0.1\nchoice_rt: 1\nconfidence_rt: 0.1\nrt_spread: 0\npress_seconds: 0.01\n"


def test_a_session_goes_on_after_another_window_took_the_keyboard(tmp_path, screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    script = tmp_path / "slow.yaml"
    script.write_text(SLOW, encoding="utf-8")
    folder = tiny_study(tmp_path, parts=SHORT, intuitiveness=[], repeats=None)
    process = start(folder, screen, "--script", str(script))
    thief, keyboard = Thief(), FakeKeyboard()
    wait_for(lambda: whole_rows(folder.session(1) / "onsets.csv") >= 2, process)
    keyboard.press("3", 0.02)
    keyboard.press("x", 0.25)
    thief.steal()
    keyboard.press("up", 0.02)
    assert process.wait(timeout=60) == 0
    trials = check_whole(folder)
    assert trials.shown_before.tolist() == [0, 1, 0, 0]
    assert read_table(folder.session(1) / "onsets.csv", ONSETS).trial.tolist() == [0, 1, 1, 2, 3]
    assert len(presses(folder, "focus")) == 1
    record = facts(folder)
    (loss,) = record["focus_losses"]
    events = check_events(folder)
    at_first = events[(events.trial == 1) & (events.onset < trials.onset[1])]
    images = at_first[at_first.kind == "images"].iloc[0]
    assert at_first[at_first.kind == "choice"].detail.tolist() == ["interrupted"]
    pressed = at_first[(at_first.kind == "press") & (at_first.onset > images.onset)]
    assert pressed.detail.tolist() == ["3 early", "x other", "key away"]
    focus = events[events.kind == "focus"]
    assert focus.detail.tolist() == ["lost", "back"]
    assert abs(focus.onset.iloc[0] - loss["at"]) < 0.1
    assert "focus" in events[events.kind == "page"].detail.tolist()
    assert (loss["trial"], loss["phase"], loss["again"]) == (1, "choice", True)
    assert record["runs"][0]["focus_losses"] == [loss]
    assert record["priority"]["got"] == "usual"
    assert record["garbage_collection"] == "held in trials"
