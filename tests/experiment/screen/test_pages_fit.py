"""All pages of a session on screens of many sizes: no text leaves them or meets another box."""

import json
import os
import subprocess
import sys
from itertools import product

import pytest

from experiment.texts.languages import load_texts
from tests.conftest import ROOT
from tests.experiment.screen.boxes import Box, faults
from tests.experiment.screen.long_texts import CHECKED

pytestmark = pytest.mark.window

SIZES = (
    (1280, 720),
    (1280, 800),
    (1280, 1024),
    (1366, 768),
    (1440, 900),
    (1600, 900),
    (1920, 1080),
    (1920, 1200),
    (2560, 1440),
    (3440, 1440),
    (3840, 2160),
    (1080, 1920),
)
# Size, language, keys (of ANSWERS), numbers of references a side, and whether a title is long.
USUAL = (
    ((1280, 720), "en", "two_stage", (9, 1, 0), True),
    ((1366, 768), "de", "combined", (9, 4), False),
    ((1440, 900), "de", "several", (1,), True),
    ((1920, 1080), "de", "two_stage", (9, 0), True),
    ((3840, 2160), "en", "combined", (9, 1), True),
    ((1080, 1920), "de", "pad", (9, 0), True),
)
ALL = tuple(
    (size, language, keys, references, references[0] == 9)
    for size, language, (keys, references) in product(
        SIZES,
        ("en", "de"),
        (
            ("two_stage", (9, 1, 0)),
            ("two_stage", (4, 1)),
            ("several", (9,)),
            ("several", (1,)),
            ("combined", (9, 4)),
            ("combined", (0,)),
            ("pad", (9, 0)),
            ("pad", (4,)),
        ),
    )
)
RUNS = ALL if os.environ.get("SCREENS") == "all" else USUAL
# Texts that stand on different pages, by key.
ANYWHERE = (
    "ready_title",
    "keys_title",
    "welcome_title",
    "network_title",
    "unit_title",
    "task_title",
    "answer_title",
    "example_right",
    "example_wrong",
    "summary_title",
    "too_slow",
    "mark_right",
    "mark_solution",
    "mark_wrong",
    "break_over",
    "focus_lost",
    "focus_away",
    "trouble_memory",
)


@pytest.fixture(scope="module")
def walked(screen) -> dict[tuple, dict]:
    """What was found on each run, all in one process with one window."""
    names = ("size", "language", "keys", "references", "titles")
    runs = [dict(zip(names, run, strict=True)) for run in RUNS]
    done = subprocess.run(
        [sys.executable, "-m", "tests.experiment.screen.walked"],
        input=json.dumps(runs),
        cwd=ROOT,
        env=screen,
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(RUNS, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_everything_is_on_the_screen_and_apart(walked, run):
    assert walked[run]["faults"] == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_kinds_of_pages_were_seen(walked, language):
    found = [text for run in RUNS if run[1] == language for text in walked[run]["texts"]]
    read = " ".join(" ".join(found).split())
    texts = {key: " ".join(load_texts(language)[key].split()) for key in ANYWHERE}
    assert [key for key, words in texts.items() if words not in read] == []


def test_a_rest_is_offered_where_something_follows(walked):
    offered = {}
    for run in RUNS:
        _, language, _, references, breaks = run
        rest = load_texts(language)["pause"]
        offered[not breaks and references != (0,), run] = any(
            rest in " ".join(text.split()) for text in walked[run]["texts"]
        )
    assert offered == {key: key[0] for key in offered}


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_a_long_list_goes_on_on_another_page_and_loses_nothing(walked, run):
    read = " ".join(" ".join(walked[run]["texts"]).split())
    assert [name for name in CHECKED if f"✓ {name}: rig laboratory:" not in read] == []


@pytest.mark.parametrize("run", RUNS, ids=str)
def test_who_reads_has_each_page_for_its_least_time(walked, run):
    reads = run[4]
    # Welcome, network, unit, instructions, example, keys; of ratings; and a card a block.
    assert walked[run]["held"] >= 10 if reads else walked[run]["held"] == 0


@pytest.mark.parametrize(
    ("boxes", "words"),
    [
        ((Box("a", "text", -10, 10, -5, 5), Box("b", "text", 10, 30, 5, 15)), None),
        ((Box("a", "text", -10, 10, -5, 5), Box("b", "text", 30, 40, -5, 5)), None),
        ((Box("a", "text", -10, 10, -5, 5), Box("b", "text", 20, 40, -5, 5)), "reads on in 'b'"),
        ((Box("a", "text", -10, 10, -5, 5), Box("b", "text", 9, 30, 0, 9)), "meets 'b'"),
        ((Box("a", "text", -10, 10, -5, 5), Box("image", "image", 0, 30, 4, 9)), "meets 'image'"),
        ((Box("a", "text", 0, 51, 0, 9),), "leaves the screen of 100 × 60"),
        ((Box("image", "image", 0, 9, -31, 9),), "leaves the screen"),
        ((Box("a", "text", 0, 9, 0, 9, 11.5),), "too small to read"),
        ((Box("image", "image", -9, 9, -9, 9), Box("image", "image", -7, 7, -7, 7)), None),
        ((Box("a", "text", -9, 9, -9, 9), Box("bar", "bar", -20, 20, -10, 10)), None),
        ((Box("a", "text", -9, 9, -9, 9), Box("bar", "bar", -20, 20, 0, 10)), "meets 'bar'"),
        ((Box("", "text", 0, 90, 0, 9),), None),
    ],
)
def test_what_is_wrong_with_boxes_is_told(boxes, words):
    found = list(faults(boxes, (100, 60)))
    assert len(found) == (words is not None)
    assert words is None or words in found[0]
