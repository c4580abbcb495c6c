"""The slider: taps, a key that is held, the mouse; confirmed only once it was moved."""

import json

import pytest

from tests.experiment.in_window import run_in_window

RATE = """
from Xlib import X, display
from Xlib.ext import xtest
from experiment.session.rating import Slider, rate

screen = TrialScreen(window, {9: trial_layout((1920, 1080), 64, 9)}, texts, Keys())
trial = example_trial(9) | {"trial": 0}
screen.load(trial, example_images(64, 9))
slider = Slider(window, texts, screen.below_grid(trial))
x11 = display.Display()

class Player(HumanObserver):
    def __init__(self, play):
        self.play = play
    def asked(self, question):
        threading.Thread(target=self.play).start()

def taps():
    fake.press("return", 0.02)          # not moved yet: counts for nothing
    time.sleep(0.1)
    for key in ("right", "right", "right", "left"):
        fake.press(key, 0.02)
    fake.press("return", 0.02)

def held():
    fake.press("left", 3.5)
    fake.press("return", 0.02)

def mouse():
    for fraction in (0.9, 0.25):        # where it was last counts
        xtest.fake_input(x11, X.MotionNotify, x=int(960 + fraction * 480), y=540 - slider._y)
        x11.sync()
        time.sleep(0.1)
        xtest.fake_input(x11, X.ButtonPress, 1)
        x11.sync()
        time.sleep(0.2)
        xtest.fake_input(x11, X.ButtonRelease, 1)
        x11.sync()
    time.sleep(0.1)
    fake.press("return", 0.02)

found = {}
for play in (taps, held, mouse):
    meeting = Meeting(screen, keyboard, Player(play), Timing(fixation=0.05), Keys(), 1 / 60,
                      psychopy.core.Clock())
    rating = rate(meeting, slider, trial, "?", lambda onset: None)
    found[play.__name__] = [rating.rating, rating.rt]
print(json.dumps(found))
window.close()
"""


@pytest.mark.window
def test_the_slider_goes_where_it_is_moved(screen):
    printed = run_in_window(RATE, screen)
    found = json.loads(printed.splitlines()[-1])
    assert found["taps"][0] == 10
    assert found["taps"][1] > 0.1
    # Held long enough for the whole line, it stays at the end.
    assert found["held"][0] == -100
    assert found["mouse"][0] == 25
