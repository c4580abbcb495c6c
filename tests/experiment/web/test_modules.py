"""Modules of the page that do what modules of ours do: held against these, in Node."""

import hashlib
import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from conditions.errors import StudyError
from conditions.rig.key_names import KEY_NAMES
from experiment.keyboard.pad import counts_as
from experiment.screen.layout import least_screen, line_length, scaled, shown_side, trial_layout
from experiment.texts.languages import as_printed, key_label, load_texts

APP = Path(__file__).parents[3] / "experiment" / "web" / "app"
SCREENS = ((1366, 768), (1920, 1080), (1920, 1200), (2560, 1440), (3840, 2160), (5120, 1440))
SCRIPT = """
import { readFileSync } from "node:fs";
const module = await import(process.argv[1]);
const calls = JSON.parse(readFileSync(0, "utf8"));
const results = await Promise.all(calls.map(([name, ...given]) => module[name](...given)));
console.log(JSON.stringify(results));
"""


def in_javascript(module: str, calls: list[tuple]) -> list:
    """Results of calls of a module's functions."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here, which runs the page's modules")
    done = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT, (APP / module).as_uri()],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_trials_stand_where_they_stand_in_the_lab():
    places = [(screen, side, n) for screen in SCREENS for side in (96, 128) for n in range(10)]
    calls = [("trialLayout", screen, side, n) for screen, side, n in places]
    for (screen, side, n), found in zip(
        places, in_javascript("screen/layout.js", calls), strict=True
    ):
        wanted = trial_layout(screen, side, n)
        for ours, theirs in (
            *((name, name) for name in ("left", "right", "upper", "lower", "question", "hint")),
            *(("left_title", "leftTitle"), ("right_title", "rightTitle"), ("bar", "bar")),
        ):
            there = getattr(wanted, ours)
            as_list = [list(each) for each in there] if ours in ("left", "right") else list(there)
            assert found[theirs] == as_list, (screen, side, n, ours)


@pytest.mark.parametrize("language", ["en", "de"])
def test_keys_are_called_what_the_lab_calls_them(language):
    words = load_texts(language)
    names = [*sorted(KEY_NAMES), "num_8", "num_0", "num_enter", "num_comma"]
    calls = [("keyLabel", words, name, printed) for name in names for printed in (False, True)]
    wanted = [key_label(texts, name) for name in names for texts in (words, as_printed(words))]
    assert in_javascript("screen/texts.js", calls) == wanted


def test_lengths_grow_with_the_screen_as_in_the_lab():
    lengths = [(length, screen) for screen in SCREENS for length in (8, 16, 26, 30, 48, 56)]
    found = in_javascript("screen/layout.js", [("scaled", *each) for each in lengths])
    assert found == [scaled(*each) for each in lengths]
    found = in_javascript("screen/layout.js", [("lineLength", screen) for screen in SCREENS])
    assert found == [line_length(screen) for screen in SCREENS]
    calls = [(screen, 224, n) for screen in SCREENS for n in (1, 4, 9)]
    found = in_javascript("screen/layout.js", [("leastScreen", *each) for each in calls])
    assert found == [list(least_screen(*each)) for each in calls]


def test_images_shrink_as_in_the_lab_or_not_at_all():
    asked = [
        (screen, side, shrink)
        for screen in ((1000, 600), *SCREENS)
        for side in (192, 224, 250)
        for shrink in (False, True)
    ]
    calls = [
        (
            "shownSide",
            screen,
            {"side": side, "shrink": shrink, "multiple": True, "references": [0, 9]},
            1,
        )
        for screen, side, shrink in asked
    ]
    for each, found in zip(asked, in_javascript("screen/layout.js", calls), strict=True):
        try:
            wanted = shown_side(*each[:2], 9, shrink=each[2])
        except StudyError:
            wanted = None
        assert found == wanted, each


def test_where_the_system_magnifies_an_image_pixel_is_several_of_the_screen():
    image = {"side": 128, "shrink": False, "multiple": True, "references": [9]}
    fixed = image | {"multiple": False}
    calls = [("shownSide", (2880, 1800), image, ratio) for ratio in (1, 1.25, 2, 4)]
    calls += [("shownSide", (2880, 1800), fixed, 2), ("shownSide", (1366, 768), image, 2)]
    assert in_javascript("screen/layout.js", calls) == [128, 128, 256, 384, 128, 128]


def test_our_own_hash_is_sha256():
    rng = random.Random(24)
    texts = [rng.randbytes(n) for n in (0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1000, 70_001)]
    found = in_javascript("images/sha256.js", [("own", list(each)) for each in texts])
    assert found == [hashlib.sha256(each).hexdigest() for each in texts]


def key(code: str, typed: str) -> dict[str, str]:
    return {"code": code, "key": typed}


@pytest.mark.parametrize(
    ("event", "by", "names"),
    [
        (key("KeyQ", "q"), "position", ["q"]),
        # A French keyboard: the position is that of q, the cap says a.
        (key("KeyQ", "a"), "position", ["q"]),
        (key("KeyQ", "a"), "cap", ["a"]),
        (key("KeyQ", "A"), "cap", ["a"]),
        (key("Digit1", "&"), "position", ["1"]),
        (key("Digit1", "1"), "cap", ["1"]),
        (key("Space", " "), "cap", ["space"]),
        (key("Enter", "Enter"), "position", ["return"]),
        (key("ArrowUp", "ArrowUp"), "cap", ["up"]),
        (key("Semicolon", "ö"), "position", ["semicolon"]),
        (key("Semicolon", "ö"), "cap", ["ö"]),
        (key("Comma", ","), "cap", ["comma"]),
        (key("ShiftLeft", "Shift"), "position", ["lshift"]),
        (key("F5", "F5"), "position", ["f5"]),
        (key("", "Unidentified"), "position", ["unknown"]),
        # Keyboards on a screen, remote desktops.
        (key("", "f"), "position", ["f"]),
        (key("", "3"), "position", ["3"]),
        (key("", " "), "cap", ["space"]),
        (key("", "ArrowUp"), "position", ["up"]),
        (key("", ";"), "position", ["semicolon"]),
    ],
)
def test_keys_have_the_names_of_the_study_file(event, by, names):
    assert in_javascript("heard/keyboard.js", [("namesOf", event, by, [])]) == [names]


def test_keys_of_the_number_pad_count_as_their_like():
    arrows = {"8": "ArrowUp", "2": "ArrowDown", "4": "ArrowLeft", "6": "ArrowRight"}
    cases = [(f"Numpad{n}", str(n), f"num_{n}", True) for n in range(10)]
    cases += [(f"Numpad{n}", typed, f"num_{n}", False) for n, typed in arrows.items()]
    cases += [("NumpadEnter", "Enter", "num_enter", True)]
    calls = [("namesOf", key(code, typed), "position", []) for code, typed, _, _ in cases]
    for (_, _, name, lock), found in zip(
        cases, in_javascript("heard/keyboard.js", calls), strict=True
    ):
        assert found == [name, *counts_as(name, [], lock)]
    own = ("namesOf", key("Numpad8", "8"), "position", ["num_8"])
    assert in_javascript("heard/keyboard.js", [own]) == [["num_8"]]
