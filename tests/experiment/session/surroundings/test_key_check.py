"""The page on which each answer key is pressed once, and the checks of keys."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from conditions.errors import StudyError
from conditions.rig.response_box import KeyboardBox
from conditions.study.study import Study
from experiment.checks.check import require
from experiment.checks.keys import key_checks
from experiment.keyboard.layouts.caps import Caps
from experiment.keyboard.listener import Press
from experiment.keyboard.placed import placed
from experiment.session.surroundings.key_check import KeyCheck
from experiment.texts.languages import load_texts

DESK, PAD = "AT Translated Set 2 keyboard", "MilliKey"
AZERTY = Caps({"q": ("a", "A"), "w": ("z", "Z"), "e": ("e", "E"), "a": ("q", "Q")})


def on_keyboard(demo: dict, caps: Caps | None = None, **keys: object):
    return placed(Study.model_validate(demo | {"keys": keys}), load_texts("en"), caps)


def page(demo: dict, override: bool = False, **keys: object) -> KeyCheck:
    return KeyCheck(on_keyboard(demo, **keys), override)


def press(keys: KeyCheck, *names: str, device: str = DESK) -> KeyCheck:
    for name in names:
        keys.hear(Press(name, 0.1, device=device))
    return keys


def test_it_goes_on_once_each_answer_was_given(demo):
    keys = press(page(demo), "up", "1", "2", "space", "x", "3")
    assert not keys.over
    assert keys.rows == (("up", "down"), ("1", "2", "3"))
    shown = [keys.words(key) for row in keys.rows for key in row]
    assert shown == ["↑\n✓", "↓\n·", "1\n✓", "2\n✓", "3\n✓"]
    press(keys, "down", device=PAD)
    assert (keys.complete, keys.over) == (True, False)
    assert press(keys, "space").over
    assert keys.check().line() == f"✓ answer keys: all 5 pressed, seen by {DESK}, {PAD}"


def test_a_key_of_the_pad_stands_for_its_like(demo):
    keys = press(page(demo), "down", "1", "2", "3")
    keys.hear(Press("num_8", 0.1, also=("up", "8"), device=DESK))
    assert keys.complete


def test_of_several_keys_of_an_answer_one_is_needed_and_the_others_are_named(demo):
    keys = press(page(demo, upper=["up", "num_8"]), "up", "down", "1", "2", "3", "space")
    assert keys.over
    assert keys.check().found == f"5 of 6 pressed, not num_8, seen by {DESK}"
    assert keys.check().good


def test_the_operator_can_go_on_without_and_it_is_recorded(demo):
    keys = press(page(demo, override=True), "up", "space")
    assert keys.over
    assert keys.check().failed
    assert keys.check().found == f"1 of 5 pressed, not down 1 2 3, seen by {DESK}"
    assert press(page(demo, override=True), "space").check().found.endswith("seen by no device")


def test_a_script_is_asked_for_all_of_them_and_the_one_that_goes_on(demo):
    keys = page(demo, mode="combined")
    assert keys.asked == (*"qweasd", "space")
    assert press(keys, *keys.asked).over


def listener(*known: str, box: str | None = None) -> SimpleNamespace:
    keyboards = SimpleNamespace(devices=[DESK, PAD, DESK], known=frozenset(known))
    found = None if box is None else SimpleNamespace(name=box)
    return SimpleNamespace(keyboards=keyboards, backend="ptb", box=found)


def keys_check(demo: dict, caps: Caps | None, known: str, **keys: object):
    heard = listener(*known.split(), "space")
    return key_checks(on_keyboard(demo, caps, **keys), heard, Path("study.yaml"))[1]


def test_the_keyboards_and_the_box_are_named(demo):
    check = key_checks(on_keyboard(demo), listener(box="RB-730"), Path("study.yaml"))[0]
    assert check.found == f"back end ptb; {DESK}; {PAD}; response box: RB-730"


@pytest.mark.parametrize(
    ("keys", "good", "words"),
    [
        ({}, True, "MilliKey: gives up down 1 2 3"),
        ({"a": "up", "b": "down"}, True, "MilliKey: gives up down, not 1 2 3"),
        ({"a": "left"}, False, "MilliKey: gives none of the answers (up down 1 2 3); the rig's"),
    ],
)
def test_answers_come_from_the_box_that_the_rig_names(demo, keys, good, words):
    box = KeyboardBox(kind="keyboard", device=PAD, keys=keys)
    found = placed(Study.model_validate(demo), load_texts("en"), None, box)
    check = key_checks(found, listener(box=PAD), Path("study.yaml"))[1]
    assert (check.name, check.good) == ("response box", good)
    assert check.found.startswith(words)


ROWS = {"mode": "combined", "upper_confidence": ["q", "w", "e"]}


@pytest.mark.parametrize(
    ("caps", "known", "keys", "words"),
    [
        (AZERTY, "q w e a s d", ROWS, "keys: found s, d, which this keyboard lacks; it prints a z"),
        (AZERTY, "q w e a s d", {"by": "cap"}, "keys: found 1, 2, 3, which this keyboard lacks"),
        (None, "up", {"by": "cap"}, "keys.by: found cap: the layout of this keyboard cannot be"),
        (None, "up 1 2 3", {}, "keys: found down, which cannot be heard on this system"),
        (
            Caps({"1": ("&", "1"), "6": ("-", "6"), "2": ("é", "2"), "3": ('"', "3")}),
            "up 1 2 3 6",
            {"by": "cap", "lower": ["minus", "6"]},
            "keys: found 6 and minus, which are one key on this keyboard",
        ),
    ],
)
def test_keys_that_are_not_there_stop_the_session_whatever_the_operator_says(
    demo, caps, known, keys, words
):
    check = keys_check(demo, caps, known, **keys)
    assert check.vital
    assert not check.good
    assert check.found.startswith(f"study.yaml: {words}")
    with pytest.raises(StudyError, match=r"study\.yaml"):
        require([check], override=True)


def test_what_is_printed_on_the_keys_is_told(demo):
    caps = Caps(AZERTY.typed | {"s": ("s", "S"), "d": ("d", "D")})
    check = keys_check(demo, caps, "q w e a s d", mode="combined")
    assert check.good
    assert check.found == "by position: q w e a s d space, on this keyboard a z e q s d space"
    check = keys_check(demo, None, "q w e a s d", mode="combined")
    assert check.good
    assert "does not tell what is printed" in check.found
