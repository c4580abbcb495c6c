"""The keyboard in a real window with real key events: every press once, at its time."""

import json
import sys
from types import SimpleNamespace

import pytest

from conditions.errors import StudyError
from experiment.keyboard import queues
from experiment.keyboard.listener import KeyListener
from tests.experiment.in_window import run_in_window

# Keys, the number pad, a key that is held, and a keyboard that is a response box.
PRESS_KEYS = """
import subprocess
import psychtoolbox
from conditions.rig.response_box import KeyboardBox
from experiment.keyboard.boxes.open_box import open_box

clock = psychtoolbox.GetSecs
keyboard = KeyListener()             # as it is, whichever window has the keyboard
found = {"devices": keyboard.keyboards.devices}
fake.down("up")                      # held since before the question: not an answer to it
time.sleep(0.1)

def heard_while(press_all, listener, every=0.016):
    heard = []
    thread = threading.Thread(target=press_all)
    thread.start()
    while thread.is_alive():
        heard += listener.presses()
        window.flip()
        time.sleep(every)
    return heard + listener.presses()

keyboard.start()
started = clock()
made = []

def press_all():
    time.sleep(0.05)
    fake.up("up")
    for i in range(60):
        key = ("up", "down", "1", "space")[i % 4]
        made.append((key, clock() - started))
        fake.press(key, (0.0005, 0.02, 0.09)[i % 3])   # taps, presses, held over several polls
        time.sleep(0.01)

found["heard"] = [(press.key, press.rt) for press in heard_while(press_all, keyboard)]
found["made"] = made

keyboard.start()
pad = [("num_1", "num_2", "num_3", "num_8", "num_enter")[i % 5] for i in range(500)]

def press_pad():
    for key in pad:
        fake.press(key, 0.0005)
        time.sleep(0.0005)

presses = heard_while(press_pad, keyboard)
found["pad"] = [press.key for press in presses] == pad
found["counts"] = {press.key: press.also for press in presses}
subprocess.run(["xdotool", "key", "Num_Lock"], check=True)
keyboard.start()
found["num_lock"] = [p.also for p in heard_while(lambda: fake.press("num_8", 0.01), keyboard)]
subprocess.run(["xdotool", "key", "Num_Lock"], check=True)
found["device"] = sorted({press.device for press in presses})

keyboard.start()
others = "lshift rshift lctrl rctrl lalt ralt tab home end insert delete pageup pagedown".split()
others += "num_add num_subtract num_multiply num_divide f1 f12 a comma backspace".split()

def press_others():
    for key in others:
        fake.press(key, 0.01)

heard = [press.key for press in heard_while(press_others, keyboard)]
found["others"] = [heard, others]

keyboard.start()
fake.down("num_4")
time.sleep(0.1)
keyboard.presses()
found["held"] = [keyboard.held(key) is not None for key in ("left", "4", "num_4", "right")]
fake.up("num_4")
time.sleep(0.05)
keyboard.presses()
found["let_go"] = keyboard.held("left")

def as_box(keyboards):
    box = KeyboardBox(kind="keyboard", device="xtest", keys={"a": "up", "b": "down"})
    return open_box(box, keyboards, ["up", "down"])

boxed = KeyListener(make_box=as_box)
time.sleep(0.2)                      # the X server is told by another thread what is listened for
boxed.start()

def press_box():
    for key in ("a", "b", "x"):
        fake.press(key, 0.005)

found["box"] = [boxed.box.name, [press.key for press in heard_while(press_box, boxed)]]
print(json.dumps(found))
window.close()
"""


@pytest.fixture(scope="module")
def found(screen) -> dict:
    return json.loads(run_in_window(PRESS_KEYS, screen).splitlines()[-1])


@pytest.mark.window
def test_every_press_is_heard_once_at_its_time(found):
    made, heard = found["made"], found["heard"]
    assert [key for key, _ in heard] == [key for key, _ in made]
    errors = [rt - at for (_, rt), (_, at) in zip(heard, made, strict=True)]
    # The window system takes a moment to deliver a press; polling would cost 8 ms on average.
    assert sorted(errors)[len(errors) // 2] < 0.005
    assert min(errors) > -0.001


@pytest.mark.window
def test_of_500_presses_of_the_number_pad_none_is_lost(found):
    assert found["pad"]
    counts = {key: tuple(also) for key, also in found["counts"].items()}
    assert counts["num_1"] == ("end", "1")
    assert counts["num_2"] == ("down", "2")
    assert counts["num_8"] == ("up", "8")
    assert counts["num_enter"] == ("return",)
    assert found["num_lock"] == [["8"]]


@pytest.mark.window
def test_a_program_presses_what_a_study_may_name(found):
    heard, pressed = found["others"]
    assert heard == pressed


@pytest.mark.window
def test_a_key_of_the_pad_that_is_held_is_held_by_all_its_names(found):
    assert found["held"] == [True, True, True, False]
    assert found["let_go"] is None


@pytest.mark.window
def test_it_is_known_which_keyboard_a_press_came_from(found):
    assert found["devices"] == ["Virtual core XTEST keyboard", "Xvfb keyboard"]
    assert found["device"] == ["Virtual core XTEST keyboard"]
    assert found["box"] == ["Virtual core XTEST keyboard", ["up", "down", "x"]]


def test_without_psychtoolbox_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "psychtoolbox", None)
    with pytest.raises(StudyError, match=r"^keyboard: psychtoolbox cannot be loaded .*libporta"):
        KeyListener()


def test_without_a_keyboard_it_is_said(monkeypatch):
    none = SimpleNamespace(get_keyboard_indices=lambda: ([], [], []))
    monkeypatch.setattr(queues, "_psychtoolbox", lambda: (none, lambda: 0.0))
    with pytest.raises(StudyError, match=r"^keyboard: none found"):
        KeyListener()
