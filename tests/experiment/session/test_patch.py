"""The patch in a corner of the screen, as the X server's picture has it."""

import json
import os

import numpy as np
import pytest

from tests.experiment.in_window import run_in_window
from tests.experiment.patch_watch import BLACK, WHITE, PatchWatch

pytestmark = pytest.mark.window

# Trials one after the other: with all that stands between them, then with nothing at all.
SCRIPT = """
from types import SimpleNamespace
from experiment.screen.trials.patch import Patch
from experiment.session.patch_check import patch_checks

class Player(HumanObserver):
    def asked(self, question):
        key = {"choice": "up", "confidence": "2"}.get(question.kind)
        if key:
            threading.Timer(0.1, fake.press, (key, 0.01)).start()

rig = Rig(name="test", patch={"corner": "lower_right", "side_px": 80})
# Whatever the correction makes of white and black, the patch is as bright and dark as it can be.
window.correction = SimpleNamespace(colour=lambda colour: (90, 90, 90))
layouts, patch = {9: trial_layout((1920, 1080), 224, 9)}, Patch(window, rig)
screen = TrialScreen(window, layouts, texts, Keys(), patch)
row = example_trial(9) | {"trial": 0, "condition": "natural", "upper": "image"}
checks = []
for corner, side in (("lower_right", 80), ("upper_left", 200), ("lower_left", 300)):
    other = Rig(name="lab", patch={"corner": corner, "side_px": side})
    checks += [[c.good, c.found] for c in patch_checks(other, screen, layouts, texts, [row])]
screen.load(row, example_images(224, 9), 0.5)
window.flip()
shown, flip = [], window.flip

def seen_by_others():
    # What a flip shows stays for long enough that another process sees it, however late that looks.
    moment = flip()
    time.sleep(0.1)
    return moment

window.flip = seen_by_others
for number in range(int(sys.argv[1])):
    lasts = 0.05 if number % 4 < 2 else 0.0
    timing = Timing(fixation=lasts, feedback_delay=lasts, feedback=lasts)
    meeting = Meeting(screen, keyboard, Player(), timing, Keys(), 1 / 60, psychopy.core.Clock())
    onsets, ends = [], []
    run_trial(meeting, row, lambda onset: onsets.append(time.time()),
              lambda answer: ends.append(time.time()))
    shown.append([onsets[0], ends[0]])
flip()
time.sleep(0.1)
print(json.dumps([checks, shown]))
window.close()
"""


@pytest.fixture(scope="module")
def found(screen):
    trials = int(os.environ.get("FLASHES", "8"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DISPLAY", screen["DISPLAY"])
        watch = PatchWatch(1880, 1040)
        printed = run_in_window(SCRIPT, screen, str(trials))
        seen = watch.seen()
    checks, shown = json.loads(printed.splitlines()[-1])
    return checks, np.array(shown), np.array(seen), watch.colours


def test_the_patch_is_white_from_each_onset_to_its_answer(found):
    _, shown, seen, colours = found
    assert seen.shape == shown.shape
    off = seen - shown
    print(
        f"{len(off)} trials, ms after onset and answer (median, 95 %, most):",
        *np.round(1000 * np.quantile(off, (0.5, 0.95, 1), axis=0), 1).tolist(),
    )
    # Each goes with its own trial: white with the flip of the images, which lasts until the onset
    # is told, and not one flip later.
    assert (off[:, 0] < 0).all()
    assert (seen[:-1, 1] < shown[1:, 0]).all()
    assert {WHITE, BLACK} <= colours


def test_a_patch_on_images_or_words_is_refused_with_its_place(found):
    (good, words), beside, on_hint = found[0]
    assert good
    assert words == "rig lab: 80 px, lower_right: white from onset to answer"
    assert not beside[0]
    assert "x -960 … -760, y 340 … 540 px, meets an image, x -880 … -656, y" in beside[1]
    assert not on_hint[0]
