"""What a press means: early, held, double, both at once, out of turn, late, Escape."""

import json
from collections import Counter

import pytest

from tests.experiment.in_window import run_in_window

# Each scenario is a list of (seconds after the question, key, "down" or "up"); the session's own
# run_trial hears them in a real window.
SCENARIOS = """
from experiment.events.log import EventLog

wanted = json.loads(sys.argv[1])

class Player(HumanObserver):
    def __init__(self, moves):
        self.moves = moves
    def asked(self, question):
        if question.kind in ("choice", "combined"):
            heard.clear()
        if question.kind in self.moves:
            moves = self.moves.pop(question.kind)
            threading.Thread(target=play, args=(moves,)).start()

def play(moves):
    began = time.monotonic()
    for at, key, way in moves:
        time.sleep(max(0, began + at - time.monotonic()))
        (fake.down if way == "down" else fake.up)(key)

keyboard = watched(keyboard._listener, window, on_look=lambda *look: events.looks(*look))
listened, heard = keyboard.presses, []

def presses():
    new = listened()
    heard.extend(press.rt for press in new)
    return new

keyboard.presses = presses
clock, rows = psychopy.core.Clock(), []
zero = keyboard._listener.keyboards.time() - clock.getTime()
told, found, screens, trial = {}, {}, {}, example_trial(0) | {"trial": 0, "condition": "none"}
for mode in ("two_stage", "combined"):
    layouts = {0: trial_layout((1920, 1080), 64, 0)}
    screens[mode] = TrialScreen(window, layouts, texts, Keys(mode=mode))
    screens[mode].load(example_trial(0), example_images(64, 0))
for name, scenario in wanted.items():
    keys = Keys(mode=scenario.get("mode", "two_stage"), **scenario.get("keys", {}))
    timing = Timing(fixation=0.1, feedback_delay=0.05, feedback=scenario.get("feedback", 0.3),
                    blank=0, deadline=scenario.get("deadline"))
    rows = []
    events = EventLog(clock.getTime, lambda new, sync: rows.extend(new), zero)
    events.begin()
    # As the session does when it loads a trial: what is pressed from here on is early.
    events.phase("before", 0, answers=keys.answers)
    play(scenario.get("before", []))
    meeting = Meeting(screens[keys.mode], keyboard, Player(scenario["moves"]), timing, keys, 1 / 60,
                      clock, events)
    keyboard.escaped = False
    try:
        answer = run_trial(meeting, trial, lambda onset: None, lambda answer: None)
        found[name] = {"response": answer.response, "confidence": answer.confidence,
                       "rt": answer.rt, "timed_out": answer.timed_out, "heard": list(heard)}
    except EscapedError:
        found[name] = "escaped"
    events.end("complete")
    told[name] = rows
    if keyboard.escaped and found[name] != "escaped":
        found[name]["escape_after"] = True
    time.sleep(0.3)
    FakeKeyboard()
print(json.dumps([found, told]))
window.close()
"""


def tap(at: float, key: str) -> list:
    return [(at, key, "down"), (at + 0.02, key, "up")]


WANTED = {
    "plain": {"moves": {"choice": tap(0.2, "up"), "confidence": tap(0.1, "3")}},
    "held since before the onset": {
        "before": [(0, "up", "down")],
        "moves": {
            "choice": [(0.15, "up", "up"), *tap(0.3, "down")],
            "confidence": tap(0.1, "1"),
        },
    },
    "held on and on": {
        "moves": {"choice": [(0.1, "down", "down")], "confidence": tap(0.3, "2")},
    },
    "twice": {
        "moves": {"choice": [*tap(0.1, "up"), *tap(0.13, "up")], "confidence": tap(0.2, "2")},
    },
    "both at once": {
        "moves": {
            "choice": [(0.1, "down", "down"), (0.1, "up", "down"), (0.2, "up", "up")],
            "confidence": tap(0.3, "1"),
        },
    },
    "confidence before the choice": {
        "moves": {"choice": [*tap(0.1, "3"), *tap(0.2, "up")], "confidence": tap(0.2, "1")},
    },
    "combined": {"mode": "combined", "moves": {"combined": tap(0.1, "d")}},
    "combined, two keys": {
        "mode": "combined",
        "feedback": 1.5,
        "moves": {"combined": [*tap(0.1, "s"), *tap(0.11, "w")]},
    },
    "a key that means nothing": {
        "moves": {"choice": [*tap(0.1, "x"), *tap(0.2, "up")], "confidence": tap(0.1, "2")},
    },
    "another key of an answer": {
        "keys": {"upper": ["w", "num_8"], "confidence": ["1", "2", ["3", "x"]]},
        "moves": {"choice": tap(0.1, "num_8"), "confidence": tap(0.1, "x")},
    },
    "the number pad": {"moves": {"choice": tap(0.1, "num_2"), "confidence": tap(0.1, "num_2")}},
    "too late": {"deadline": 0.2, "feedback": 1.5, "moves": {"choice": tap(0.35, "up")}},
    "in time": {
        "deadline": 1.5,
        "moves": {"choice": tap(0.1, "up"), "confidence": tap(1.7, "2")},
    },
    "escape instead of an answer": {"moves": {"choice": tap(0.1, "escape")}},
    "escape instead of a confidence": {
        "moves": {"choice": tap(0.1, "up"), "confidence": tap(0.1, "escape")}
    },
    "escape during the feedback": {
        "feedback": 1.5,
        "moves": {
            "choice": tap(0.1, "up"),
            "confidence": tap(0.1, "2"),
            "feedback": tap(0.1, "escape"),
        },
    },
}


@pytest.fixture(scope="module")
def played(screen) -> list[dict]:
    printed = run_in_window(SCENARIOS, screen, json.dumps(WANTED))
    return json.loads(printed.splitlines()[-1])


@pytest.fixture
def found(played) -> dict:
    return played[0]


@pytest.fixture
def events(played) -> dict:
    return played[1]


@pytest.mark.window
@pytest.mark.parametrize(
    ("name", "response", "confidence", "after", "which"),
    [
        ("plain", "upper", 3, 0.2, 0),
        ("held since before the onset", "lower", 1, 0.3, 0),
        ("held on and on", "lower", 2, 0.1, 0),
        ("twice", "upper", 2, 0.1, 0),
        ("both at once", "lower", 1, 0.1, 0),
        ("confidence before the choice", "upper", 1, 0.2, 1),
        ("combined", "lower", 3, 0.1, 0),
        ("combined, two keys", "lower", 2, 0.1, 0),
        ("a key that means nothing", "upper", 2, 0.2, 1),
        ("another key of an answer", "upper", 3, 0.1, 0),
        # Without NumLock it is an arrow where one is asked for, and a digit where that is.
        ("the number pad", "lower", 2, 0.1, 0),
        ("in time", "upper", 2, 0.1, 0),
    ],
)
def test_the_first_press_that_answers_counts(found, name, response, confidence, after, which):
    """``which`` of the presses that are heard from the onset on, and ``after`` how long."""
    answer = found[name]
    assert (answer["response"], answer["confidence"]) == (response, confidence)
    # The program that plays the keys may be late, never early; reaction times are tested elsewhere.
    assert after <= answer["rt"] == answer["heard"][which]
    assert not answer["timed_out"]


@pytest.mark.window
def test_after_the_deadline_nothing_counts(found):
    nothing = {"response": None, "confidence": None, "rt": None, "timed_out": True}
    assert found["too late"] == nothing | {"heard": found["too late"]["heard"]}


@pytest.mark.window
def test_escape_is_heard_in_every_phase(found):
    assert found["escape instead of an answer"] == "escaped"
    assert found["escape instead of a confidence"] == "escaped"
    after = found["escape during the feedback"]
    assert after["escape_after"]
    assert after["confidence"] == 2


@pytest.mark.window
@pytest.mark.parametrize(
    ("name", "presses"),
    [
        ("plain", ["up", "3"]),
        ("held since before the onset", ["up early", "down", "1"]),
        ("held on and on", ["down", "2"]),
        ("twice", ["up", "up extra", "2"]),
        ("both at once", ["down", "up extra", "1"]),
        ("confidence before the choice", ["3 early", "up", "1"]),
        ("combined", ["d"]),
        ("combined, two keys", ["s", "w late"]),
        ("a key that means nothing", ["x other", "up", "2"]),
        ("another key of an answer", ["num_8", "x"]),
        ("the number pad", ["num_2", "num_2"]),
        ("too late", ["up late"]),
        ("in time", ["up", "2"]),
        ("escape instead of an answer", ["escape"]),
        ("escape instead of a confidence", ["up", "escape"]),
        ("escape during the feedback", ["up", "2", "escape"]),
    ],
)
def test_every_press_is_told_and_why_it_did_not_count(found, events, name, presses):
    rows = events[name]
    assert [row["detail"] for row in rows if row["kind"] == "press"] == presses
    down = [row["detail"].split()[0] for row in rows if row["kind"] == "press"]
    up = [row["detail"] for row in rows if row["kind"] == "release"]
    # A key that is still down at the end of its trial goes up later.
    assert not Counter(up) - Counter(down)
    images, choice = ({row["kind"]: row for row in rows}[kind] for kind in ("images", "choice"))
    assert images["onset"] == choice["onset"]
    answer = found[name]
    if answer == "escaped":
        assert "interrupted" in [row["detail"] for row in rows]
        return
    assert choice["detail"] == (answer["response"] or "")
    if answer["response"]:
        assert choice["duration"] == answer["rt"]
        pressed = [row["onset"] for row in rows if row["kind"] == "press"]
        assert any(abs(images["onset"] + answer["rt"] - at) < 0.001 for at in pressed)
