"""The keyboard in a real window with real key events: every press once, at its time."""

import json

import pytest

from tests.experiment.in_window import run_in_window

PRESS_KEYS = """
import psychtoolbox

clock = psychtoolbox.GetSecs
fake.down("up")                      # held since before the question: not an answer to it
time.sleep(0.1)
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

thread = threading.Thread(target=press_all)
thread.start()
heard = []
while thread.is_alive():
    heard += keyboard.presses()
    window.flip()
    time.sleep(0.016)
heard += keyboard.presses()
print(json.dumps({"made": made, "heard": [(p.key, p.rt) for p in heard]}))
window.close()
"""


@pytest.mark.window
def test_every_press_is_heard_once_at_its_time(screen):
    printed = run_in_window(PRESS_KEYS, screen)
    result = json.loads(printed.splitlines()[-1])
    made, heard = result["made"], result["heard"]
    assert [key for key, _ in heard] == [key for key, _ in made]
    errors = [rt - at for (_, rt), (_, at) in zip(heard, made, strict=True)]
    # The window system takes a moment to deliver a press; polling would cost 8 ms on average.
    assert sorted(errors)[len(errors) // 2] < 0.005
    assert min(errors) > -0.001
