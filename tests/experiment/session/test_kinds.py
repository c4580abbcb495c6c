"""A session of a study that names its own kinds of references, in a real window."""

import json

import pytest

from conditions.check import REFERENCE_COLUMNS
from conditions.stimuli import read_stimuli
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table
from tests.experiment.in_window import run_in_window
from tests.experiment.rehearsed import KINDS, check_whole, play, tiny_study

pytestmark = pytest.mark.window

SHOWN = ["photos", "dreams", "theirs", "others", "parts", "both", "none"]
SCRIPT = """
accuracy: {files: 0, theirs: 1, dreams: 0}
others: 1
page_rt: 0.02
choice_rt: 0.05
confidence_rt: 0.03
press_seconds: 0.01
"""


@pytest.mark.slow
def test_six_kinds_go_through_a_session(tmp_path, screen):
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    folder = tiny_study(
        tmp_path / "study",
        references=KINDS,
        rated=["theirs", "parts"],
        intuitiveness=["end"],
        units={"main": ["block02_0004"], "practice": [], "intuitiveness": ["block05_0003"]},
        parts=[{"name": "only", "conditions": SHOWN, "scheme": "Min-Max-4", "main": 1}],
        natural={"bins": 5, "batches": 8},
        batches={"offset": {name: i for i, name in enumerate(SHOWN)}},
        repeats=None,
    )
    stimuli = read_stimuli(folder)
    kinds = {name: kind["kind"] for name, kind in KINDS.items()}
    assert (stimuli["kind"] == stimuli["name"].map(kinds)).all()
    assert dict(stimuli.dropna(subset="method").groupby("name")["method"].first()) == {
        "dreams": "maco"
    }
    listed = dict(zip(stimuli["path"], stimuli["name"], strict=True))
    ran = play(folder, screen, "--script", str(script), "--language", "de")
    assert ran.returncode == 0, ran.stderr
    trials = check_whole(folder).set_index("condition")
    # By the study's name, else by the kind, else as all others.
    assert dict(trials["correct"]) == {n: n not in ("dreams", "others") for n in SHOWN}
    decided = read_table(folder.condition_file(1), CONDITION_FILE).set_index("condition")
    for name in SHOWN:
        images = decided.loc[name, list(REFERENCE_COLUMNS)].dropna()
        wanted = {"both": {"photos", "dreams"}, "none": set()}.get(name, {name})
        assert {listed[image] for image in images} == wanted
    dictionary = json.loads((folder.session(1) / "trials.json").read_text(encoding="utf-8"))
    assert dictionary["condition"]["Levels"] == SHOWN


LOAD = """
layout = trial_layout((1920, 1080), 224, 9)
titles = {"title_a": "A", "title_b": "So long " * 15}
screen = TrialScreen(window, {9: layout}, texts | titles, Keys())
found = []
for left, right in ("ab", "ba", "ab"):
    screen.load(example_trial(9) | {"left_title": left, "right_title": right}, {})
    screen.draw()
    titles = [s for s in screen._shown if hasattr(s, "boundingBox")]
    found.append([[t.text, t.height, float(t.boundingBox[0]), int(t.pos[0])] for t in titles])
print(json.dumps([layout.left_title[0], found]))
window.close()
"""


def test_a_title_of_the_studys_own_stays_above_its_grid(screen):
    centre, found = json.loads(run_in_window(LOAD, screen).splitlines()[-1])
    room = 2 * min(-centre, 960 + centre)
    for titles in found:
        assert [title[3] for title in titles] == [centre, -centre]
        for words, height, width, _ in titles:
            assert (height == 26) == (words == "A")
            assert words == "A" or 0.9 * room < width <= room
    # Each stands where its grid does, whatever stood there before.
    assert [[title[0] == "A" for title in titles] for titles in found] == [
        [True, False],
        [False, True],
        [True, False],
    ]
