"""Keys by position and by cap, on keyboards of several layouts and systems."""

import ctypes
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from conditions.study.study import Study
from experiment.keyboard.layouts import macos, windows, x11
from experiment.keyboard.layouts.caps import Caps, read_caps
from experiment.keyboard.placed import placed
from experiment.keyboard.positions import SCAN_CODES, X_OFFSET, canonical
from experiment.texts.languages import keys_label, load_texts, row_label
from experiment.texts.wording import instructions

US = Caps({name: (name, name.upper()) for name in "qweasdz"} | {"1": ("1", "!")})
AZERTY = Caps(
    {"q": ("a", "A"), "w": ("z", "Z"), "e": ("e", "E"), "a": ("q", "Q"), "s": ("s", "S")}
    | {"d": ("d", "D"), "z": ("w", "W"), "1": ("&", "1"), "2": ("é", "2"), "3": ('"', "3")}
    | {"semicolon": ("m", "M"), "m": (",", "?")}
)


def with_keys(demo: dict, **keys: object) -> Study:
    return Study.model_validate(demo | {"keys": keys})


def test_by_position_the_caps_of_this_keyboard_are_named(demo):
    found = placed(with_keys(demo, mode="combined"), load_texts("en"), AZERTY)
    assert found.study.keys.answers == list("qweasd")
    assert row_label(found.texts, found.study.keys.upper_confidence) == "a z e"
    pages = [page.body for page in instructions(found.texts, found.study)]
    assert any("for the lower one q s d." in body for body in pages)


def test_by_cap_the_keys_are_where_the_caps_are(demo):
    found = placed(with_keys(demo, mode="combined", by="cap"), load_texts("en"), AZERTY)
    assert found.study.keys.answers == ["a", "z", "e", "q", "s", "d"]
    assert row_label(found.texts, found.study.keys.upper_confidence) == "q w e"


def test_digits_keep_their_names_where_they_are_typed_with_shift(demo):
    found = placed(with_keys(demo, by="cap"), load_texts("en"), AZERTY)
    assert found.study.keys.confidence == [("1",), ("2",), ("3",)]
    assert keys_label(found.texts, ("1",)) == "1"
    assert found.study.keys.upper == ("up",)


def test_a_cap_that_the_keyboard_lacks_is_told(demo):
    study = with_keys(demo, mode="combined", by="cap", upper_confidence=["q", "w", "period"])
    assert placed(study, {}, AZERTY).positions["period"] is None
    assert placed(study, {}, None).positions["q"] is None


def test_without_a_layout_positions_are_taken_for_what_they_are(demo):
    found = placed(with_keys(demo, mode="combined"), load_texts("en"), None)
    assert found.study.keys == with_keys(demo, mode="combined").keys
    assert found.texts == load_texts("en")


def test_several_keys_of_an_answer_are_all_named():
    texts = load_texts("en")
    assert keys_label(texts, ("up", "num_8")) == "↑ or number pad 8"
    assert keys_label(texts, ("up", "w", "i")) == "↑, w or i"
    assert keys_label(load_texts("de"), ("up", "w")) == "↑ oder w"


@pytest.mark.parametrize("system", ["Linux", "Mac"])
def test_positions_are_those_of_psychopys_tables(system):
    found = find_spec("psychopy")
    assert found is not None
    path = Path(str(found.origin)).parent / "hardware/keyboard.py"
    source = path.read_text(encoding="utf-8")
    table = source.partition(f"keyNames{system} = {{")[2].partition("}")[0]
    codes = {canonical(name): int(code) for code, name in re.findall(r"(\d+): '(\w+)'", table)}
    if system == "Linux":
        assert {name: codes[name] - 1 - X_OFFSET for name in SCAN_CODES} == SCAN_CODES
    else:
        # The additional key has no name there.
        assert set(SCAN_CODES) - {"less"} <= set(codes)


FRENCH = {SCAN_CODES["q"]: 0x41, SCAN_CODES["a"]: 0x51, SCAN_CODES["1"]: 0x31}
FRENCH |= {SCAN_CODES["semicolon"]: 0x4D}
TYPED = {0x41: "aA", 0x51: "qQ", 0x31: "&1", 0x4D: "mM"}


class User32:
    """Windows' library on a French keyboard: letters q and a are swapped, 1 is & without Shift."""

    def GetKeyboardLayout(self, thread):  # noqa: N802
        return 0x040C

    def MapVirtualKeyExW(self, code, kind, layout):  # noqa: N802
        back = {there: here for here, there in FRENCH.items()}
        return (FRENCH if kind == 1 else back).get(code, 0)

    def ToUnicodeEx(self, code, scan_code, state, buffer, length, flags, layout):  # noqa: N802
        buffer.value = TYPED[code][1 if state[0x10] else 0]
        return 1

    def GetKeyState(self, code):  # noqa: N802
        return 1


def test_windows_names_are_led_back_to_places(monkeypatch):
    monkeypatch.setattr(windows, "user32", User32)
    typed = {"1": ("&", "1"), "q": ("a", "A"), "a": ("q", "Q"), "semicolon": ("m", "M")}
    assert windows.layouts() == [typed]
    assert (windows.position_of(0x41), windows.position_of(0x4D)) == ("q", "semicolon")
    # Arrows and the number pad are known by their codes.
    assert windows.position_of(0x26) is None
    assert windows.num_lock()


def test_a_macs_keys_are_asked_one_by_one(monkeypatch):
    french = {12: ("a", "A"), 0: ("q", "Q"), 18: ("&", "1")}
    monkeypatch.setattr(macos, "translated", lambda code, mods: french.get(code, "  ")[mods // 2])
    (typed,) = macos.layouts()
    assert (typed["q"], typed["a"], typed["1"]) == (("a", "A"), ("q", "Q"), ("&", "1"))


def test_symbols_of_x11_are_letters():
    assert [x11.character(symbol) for symbol in (0x71, 0xE9, 0x10020AC, 0xFE52)] == list("qé€^")
    assert x11.character(0xFF0D) == ""
    assert x11.character(0x6CA) == "й"


@pytest.fixture
def layout(screen, monkeypatch):
    """Sets the layout of an X11 server, and sets it back."""
    from Xlib import display

    for name in ("DISPLAY", "HOME"):
        monkeypatch.setitem(os.environ, name, screen[name])
    # A server that nobody is connected to forgets its layout.
    kept = display.Display()

    def set_layout(*names: str) -> None:
        subprocess.run(["setxkbmap", *names], env=screen, check=True, timeout=20)

    yield set_layout
    set_layout("us")
    kept.close()


def test_the_layout_of_an_x11_server_is_read(layout):
    layout("fr")
    found = read_caps()
    assert found is not None
    caps = {name: found.cap(name) for name in ("q", "w", "a", "z", "m", "1", "semicolon")}
    assert caps == {"q": "a", "w": "z", "a": "q", "z": "w", "m": ",", "1": "1", "semicolon": "m"}
    assert (found.position("q"), found.position("m")) == ("a", "semicolon")
    layout("ru")
    russian = read_caps()
    assert russian is not None
    assert (russian.cap("q"), russian.position("q")) == ("й", None)


def test_letters_of_a_layout_that_is_not_switched_on_are_printed_beside(layout):
    layout("us,ru")
    with x11._display() as address:
        display = ctypes.c_void_p(address)
        for group, cap in ((0, "q"), (1, "й")):
            x11._library().XkbLockGroup(display, 0x0100, group)
            x11._library().XSync(display, 0)
            found = read_caps()
            assert found is not None
            assert (found.cap("q"), found.position("q")) == (cap, "q")
        x11._library().XkbLockGroup(display, 0x0100, 0)
        x11._library().XSync(display, 0)


def test_num_lock_is_read(layout):
    assert not x11.num_lock()
    for expected in (True, False):
        subprocess.run(["xdotool", "key", "Num_Lock"], env=dict(os.environ), check=True)
        assert x11.num_lock() is expected


def test_no_server_no_layout(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert x11.layouts() == []
    assert not x11.num_lock()
