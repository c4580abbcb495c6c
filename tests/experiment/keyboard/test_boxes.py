"""Response boxes: keyboards by their name, and a Cedrus box that is played at a serial port."""

import os
import struct
import threading
import time
from collections import deque
from types import SimpleNamespace

import pytest
import yaml

from conditions.errors import StudyError
from conditions.rig.response_box import CedrusBox, KeyboardBox
from conditions.rig.rig import read_rig
from conditions.study.study import Study
from experiment.keyboard import plugged
from experiment.keyboard.boxes.cedrus_xid import CedrusXidBox, Packet, moment_of, packets_of
from experiment.keyboard.boxes.keyboard_box import KeyboardResponseBox
from experiment.keyboard.placed import placed
from experiment.keyboard.plugged import PlugWatch
from experiment.keyboard.queues import KeyEvent
from experiment.texts.languages import as_printed, keys_label, load_texts

DESK, PAD = "AT Translated Set 2 keyboard", "LabHackers MilliKey MK-8"
ANSWERS = ("up", "down", "1", "2", "3")


def keyboards(*devices: str, told_apart: bool = True) -> SimpleNamespace:
    return SimpleNamespace(devices=list(devices), told_apart=told_apart)


def box_of(there=(DESK, PAD), **fields: object) -> KeyboardResponseBox:
    box = KeyboardBox(kind="keyboard", device="millikey", **fields)
    return KeyboardResponseBox(box, keyboards(*there), ANSWERS)


def heard(box, *presses: tuple[str, str]) -> list[str]:
    events = [KeyEvent(key, True, i, device) for i, (key, device) in enumerate(presses)]
    return [event.key for event in box.joined(events)]


def test_keys_of_a_box_are_those_of_the_study_and_come_from_it_alone():
    box = box_of(keys={"1": "up", "2": "down"})
    assert heard(box, ("1", PAD), ("2", PAD), ("up", DESK), ("3", PAD)) == ["up", "down", "3"]
    # The operator has no box.
    assert heard(box, ("escape", DESK), ("return", DESK), ("1", DESK)) == ["escape", "return", "1"]
    # Of the number pad, what it counts as would answer in the box's place.
    assert not box.heard("up", DESK)


def test_a_box_without_names_gives_the_answers_as_it_calls_them():
    assert heard(box_of(), ("up", PAD), ("up", DESK), ("3", DESK), ("space", DESK)) == [
        "up",
        "space",
    ]


def test_keyboards_may_count_too():
    box = box_of(keys={"1": "up"}, keyboard_too=True)
    assert heard(box, ("1", PAD), ("up", DESK)) == ["up", "up"]


def test_a_box_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(StudyError) as raised:
        box_of(there=(DESK, "Logitech K120", DESK))
    assert str(raised.value) == (
        "response_box.device: found no 'millikey', wanted one of the keyboards that are there: "
        f"{DESK}; Logitech K120"
    )


def test_where_keyboards_are_not_told_apart_all_must_count():
    there = keyboards(DESK, PAD, told_apart=False)
    box = KeyboardBox(kind="keyboard", device="MilliKey", keys={"1": "up"})
    with pytest.raises(StudyError, match=r"keyboard_too: found false, wanted true"):
        KeyboardResponseBox(box, there, ANSWERS)
    both = KeyboardResponseBox(box.model_copy(update={"keyboard_too": True}), there, ANSWERS)
    assert heard(both, ("1", "any keyboard")) == ["up"]


def device(name: str, number: int) -> str:
    """A keyboard in Linux' list."""
    return f'N: Name="{name}"\nS: Sysfs=/devices/usb1/input/input{number}\nH: Handlers=kbd\n\n'


@pytest.mark.parametrize("then", ["", device(PAD, 9)])
def test_a_box_or_keyboard_that_is_pulled_out_ends_the_session_in_a_line(
    tmp_path, monkeypatch, then
):
    # Back at once it is another device, which nobody listens to.
    listed = tmp_path / "devices"
    listed.write_text(device(DESK, 3) + device(PAD, 4))
    monkeypatch.setattr(plugged, "PLUGGED_IN", listed)
    monkeypatch.setattr(plugged, "ASK_AFTER_S", 0)
    box, others = box_of(), PlugWatch()
    assert heard(box) == []
    listed.write_text(device(DESK, 3) + then + device("Another", 7))
    with pytest.raises(StudyError, match=f"response box {PAD}: was unplugged, .* --resume"):
        heard(box)
    others.require("keyboard", {DESK})
    with pytest.raises(StudyError, match=f"^keyboard {PAD}: was unplugged"):
        others.require("keyboard", {DESK, PAD})


def test_hints_name_the_buttons_of_a_box(demo):
    box = CedrusBox(kind="cedrus_xid", keys={1: "up", 7: "down"})
    found = placed(Study.model_validate(demo), load_texts("en"), None, box)
    assert keys_label(found.texts, ("up",)) == "button 1"
    assert keys_label(found.texts, ("1",)) == "1"
    too = box.model_copy(update={"keyboard_too": True})
    texts = placed(Study.model_validate(demo), load_texts("en"), None, too).texts
    assert keys_label(texts, ("up",)) == "↑"
    # A button is called alike in a sentence and alone; a key is not.
    spaced = Study.model_validate(demo | {"keys": {"upper": "space", "go_on": "right"}})
    box = CedrusBox(kind="cedrus_xid", keys={1: "space", 7: "down"})
    for given, label in ((box, "Taste 1"), (None, "Leertaste")):
        texts = placed(spaced, load_texts("de"), None, given).texts
        assert keys_label(as_printed(texts), ("space",)) == label


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ({"kind": "keyboard"}, "field response_box.device is missing"),
        ({"kind": "midi"}, "response_box.kind: found 'midi': wanted one of keyboard, cedrus_xid"),
        ({"kind": "cedrus_xid", "keys": {}}, "response_box.keys"),
        ({"kind": "cedrus_xid", "keys": {9: "up"}}, "response_box.keys"),
        ({"kind": "cedrus_xid", "keys": {1: "uparrow"}}, "found 'uparrow', wanted PsychoPy's name"),
        ({"kind": "cedrus_xid", "keys": {1: "up", 2: "up"}}, "found up twice"),
    ],
)
def test_mistakes_in_a_rig_are_named(tmp_path, box, words):
    path = tmp_path / "desk.yaml"
    path.write_text(yaml.safe_dump({"name": "desk", "response_box": box}))
    with pytest.raises(StudyError) as raised:
        read_rig(path)
    assert words in str(raised.value)
    assert str(raised.value).startswith(str(path))


def packet(button: int, down: bool, milliseconds: int, port: int = 0) -> bytes:
    return struct.pack("<cBI", b"k", (button % 8) << 5 | down << 4 | port, milliseconds)


def test_packets_are_read_as_they_come():
    buffer = bytearray(b"\x00" + packet(3, True, 70_000) + packet(8, False, 70_080))
    # A line of the box's other port, and the beginning of what comes next.
    buffer += packet(1, True, 5, port=1) + b"k\x30"
    assert packets_of(buffer) == [Packet(3, True, 70.0), Packet(8, False, 70.08)]
    assert buffer == b"k\x30"


@pytest.mark.parametrize("noise", [b"k", b"kk", b"k\x30\x01", b"k\x30k", b"\x00kx"])
def test_noise_on_the_line_takes_no_press_with_it(noise):
    # Also where the time has the byte of a k in it.
    presses = packet(1, True, 1_500) + packet(1, False, 1_643)
    wanted = [Packet(1, True, 1.5), Packet(1, False, 1.643)]
    buffer = bytearray(noise + presses)
    assert packets_of(buffer, longest=2.5) == wanted
    assert not buffer
    # A timer that does not obey counts on: what came is taken once nothing follows.
    buffer = bytearray(packet(3, True, ord("k") * 1000))
    assert packets_of(buffer, longest=2.5, over=True) == [Packet(3, True, 107.0)]


def test_a_packet_counts_from_the_reset_that_it_was_made_after():
    resets = [100.0, 102.0]
    assert moment_of(Packet(1, True, 0.5), resets, arrived=102.516) == pytest.approx(102.5)
    # Pressed right before the reset: it arrives after it.
    assert moment_of(Packet(1, True, 1.999), resets, arrived=102.014) == pytest.approx(101.999)
    # Of an older time than any: as it arrived.
    assert moment_of(Packet(1, True, 90.0), resets, arrived=102.2) == 102.2


class PlayedBox:
    """An RB-730 at the other end of a pseudo-terminal, in another protocol at first."""

    def __init__(self) -> None:
        self._end, far = os.openpty()
        self.port = os.ttyname(far)
        self._far, self._xid, self._reset = far, False, time.monotonic()
        self._answers: deque = deque()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        buffer = b""
        while True:
            try:
                buffer += os.read(self._end, 64)
            except OSError:
                return
            for command in (b"_c1", b"c10", b"_d1", b"e5"):
                while command in buffer:
                    buffer = buffer.replace(command, b"", 1)
                    self._obey(command)

    def _obey(self, command: bytes) -> None:
        if command == b"c10":
            self._xid = True
        elif command == b"_c1":
            os.write(self._end, b"_xid0" if self._xid else b"_xid2")
        elif command == b"_d1":
            os.write(self._end, b"Cedrus RB-730")
        else:
            self._reset = time.monotonic()

    def press(self, button: int, down: bool) -> float:
        """Seconds of the computer's clock at which it was done."""
        at = time.monotonic()
        os.write(self._end, packet(button, down, round(1000 * (at - self._reset))))
        return at

    def unplug(self) -> None:
        os.close(self._end)
        os.close(self._far)


@pytest.fixture
def played(monkeypatch):
    monkeypatch.setattr("experiment.keyboard.boxes.cedrus_xid.RESET_AFTER_S", 0.4)
    return PlayedBox()


def open_cedrus(played: PlayedBox) -> CedrusXidBox:
    keys = {1: "up", 7: "down", 8: "3"}
    return CedrusXidBox(CedrusBox(kind="cedrus_xid", port=played.port, keys=keys), time.monotonic)


def test_every_press_of_a_cedrus_box_comes_once_at_its_time(played):
    box = open_cedrus(played)
    assert box.name == f"Cedrus RB-730 at {played.port}"
    made, events = [], []
    for i in range(500):
        button = (1, 7, 8)[i % 3]
        for down in (True, False):
            made.append((("up", "down", "3")[i % 3], down, played.press(button, down)))
        time.sleep(0.002)
        if i % 50 == 0:
            events += box.joined([])
    time.sleep(0.2)
    events += box.joined([])
    box.close()
    assert [(event.key, event.down) for event in events] == [each[:2] for each in made]
    # By the times of the box, over several resets of its timer: some 0.3 ms on an idle computer.
    errors = sorted(abs(e.at - at) for e, (*_, at) in zip(events, made, strict=True))
    assert errors[len(errors) // 2] < 0.02
    assert len(box._resets) == 2


def test_noise_before_a_press_is_forgotten_and_the_press_heard(played):
    box = open_cedrus(played)
    os.write(played._end, b"k\x30")
    time.sleep(0.25)
    played.press(7, True)
    time.sleep(0.05)
    events = box.joined([])
    box.close()
    assert [event.key for event in events] == ["down"]


def test_a_cedrus_box_that_is_unplugged_ends_the_session_in_a_line(played):
    box = open_cedrus(played)
    played.unplug()
    box._thread.join(timeout=10)
    with pytest.raises(StudyError, match=r"response box Cedrus RB-730 .* no longer answers"):
        box.joined([])
    box.close()


def test_a_port_without_a_box_is_named(tmp_path):
    nothing = CedrusBox(kind="cedrus_xid", port=str(tmp_path / "ttyUSB7"), keys={1: "up"})
    with pytest.raises(StudyError, match=r"response_box\.port: found .*ttyUSB7 .*wanted a Cedrus"):
        CedrusXidBox(nothing, time.monotonic)
