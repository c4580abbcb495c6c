"""What a choice and its feedback look like: frames, signs and words around the queries."""

import json

import numpy as np
import pytest

from experiment.screen.trials.marks import Mark, feedback_marks, frame_picture, sign_picture
from tests.experiment.in_window import run_in_window

GREEN = (0, 200, 80)

# Marks of queries with an image's side, the room between the grids, and words.
SCRIPT = """
from experiment.screen.trials.marks import Mark, Marks, feedback_marks

def edges(stimulus):
    size = stimulus.boundingBox if hasattr(stimulus, "text") else stimulus.size
    (x, y), (width, height) = stimulus.pos, size
    return [float(each) for each in (x - width / 2, x + width / 2, y - height / 2, y + height / 2)]

found = {}
for name, image, room, direction, words in json.loads(sys.argv[1]):
    object.__setattr__(window.lettering, "direction", direction)
    places = {"upper": (0, image // 2 + 24), "lower": (0, -image // 2 - 24)}
    marks = Marks(window, image, places, room, texts | {"mark_wrong": words or texts["mark_wrong"]})
    drawn = marks._drawn["lower", Mark.WRONG][1:]
    found[name] = [[each.__class__.__name__, edges(each)] for each in drawn]
print(json.dumps(found))
window.close()
"""
CASES = [
    ("usual", 224, 300, "ltr", None),
    ("from right to left", 224, 300, "rtl", None),
    ("narrow", 128, 130, "ltr", None),
    ("long", 224, 300, "ltr", "The answer that you have given"),
    ("tiny", 32, 60, "ltr", None),
]


def test_feedback_marks_the_solution_and_the_own_answer():
    assert feedback_marks("upper", "upper") == {"upper": Mark.RIGHT}
    assert feedback_marks("upper", "lower") == {"upper": Mark.SOLUTION, "lower": Mark.WRONG}
    # Nothing was chosen in time.
    assert feedback_marks("lower", None) == {"lower": Mark.SOLUTION}


@pytest.mark.parametrize("image", [32, 64, 224, 448])
def test_frames_are_whole_or_dashed_and_never_on_the_image(image):
    whole, dashed = (np.asarray(frame_picture(image, 6, GREEN, dashed)) for dashed in (False, True))
    for pixels in (whole, dashed):
        assert pixels.shape == (image + 12, image + 12, 4)
        assert (pixels[6:-6, 6:-6, 3] == 0).all()
        assert (pixels[..., :3] == GREEN).all()
        # The same on all four sides.
        assert (pixels == pixels.transpose(1, 0, 2)).all()
        assert (pixels[0] == pixels[-1]).all()
    around = np.ones(whole.shape[:2], bool)
    around[6:-6, 6:-6] = False
    assert (whole[around][:, 3] == 255).all()
    side = dashed[2, :, 3]
    assert np.count_nonzero(np.diff(side.astype(int))) == 10
    assert side[0] == side[-1] == 255


def test_a_tick_is_no_cross():
    tick, cross = (np.asarray(sign_picture(26, GREEN, tick))[..., 3] for tick in (True, False))
    # A cross is the same from left and right; a tick rises to the right.
    assert (cross == cross[:, ::-1]).mean() > 0.9
    assert tick[:13, 13:].sum() > 4 * tick[:13, :13].sum()
    for sign in (tick, cross):
        assert 0.1 < (sign > 127).mean() < 0.5


@pytest.mark.window
def test_words_stand_beside_their_sign_below_the_query_where_there_is_room(screen):
    printed = run_in_window(SCRIPT, screen, json.dumps(CASES))
    found = json.loads(printed.splitlines()[-1])
    for name, image, room, *_ in CASES:
        edges = np.array([each for _, each in found[name]])
        assert edges[:, 3].max() < -24 - image - 6, name
        if name != "tiny":
            assert edges[:, 1].max() - edges[:, 0].min() <= room, name
            # Centred.
            assert abs(edges[:, 1].max() + edges[:, 0].min()) <= 4, name
    kinds = {name: [kind for kind, _ in each] for name, each in found.items()}
    assert kinds == {key: ["ImageStim", "Words"] for key in kinds} | {"tiny": ["ImageStim"]}
    sign, word = (edges for _, edges in found["usual"])
    assert sign[1] < word[0]
    sign, word = (edges for _, edges in found["from right to left"])
    assert word[1] < sign[0]
    (_, high), (_, small) = found["usual"][1], found["long"][1]
    assert small[3] - small[2] < high[3] - high[2]
