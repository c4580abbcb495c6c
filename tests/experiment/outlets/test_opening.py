"""Outlets that cannot be opened, or whose drivers raise: each says why, and is tried again."""

import termios
import threading
import time
from types import SimpleNamespace

import numpy as np

from conditions.rig.markers import LslOutlet, ParallelOutlet, SerialOutlet
from experiment.outlets import line as lines
from experiment.outlets.outlets import Outlets, outlets_of
from tests.experiment.outlets.boxes import PlayedBox, wait_for


def serial(box: PlayedBox, **fields: object) -> SerialOutlet:
    return SerialOutlet(kind="serial", port=str(box.port), **fields)


def words(outlets: Outlets) -> list[str]:
    return [happened.words for happened in outlets.happened()]


def test_what_cannot_be_opened_is_said_and_may_come_later(tmp_path):
    link, told = tmp_path / "ttyBOX", []
    listed = SerialOutlet(kind="serial", port=str(link))
    outlets = outlets_of(
        [listed, ParallelOutlet(kind="parallel", address=0x378)], {}, tell=told.append
    )
    (serial_words, there), (parallel_words, port) = outlets.states()
    assert (there, port) == (False, False)
    assert str(link) in serial_words
    assert "No such file" in serial_words
    assert parallel_words.startswith("parallel: the parallel port 0x378: ")
    outlets.begin(time.perf_counter)
    assert [line.partition(": ")[0] for line in told] == ["serial lost", "parallel lost"]
    box = PlayedBox(link)
    outlets.send(5)
    wait_for(lambda: "serial back, 1 code lost" in told)
    outlets.send(6)
    outlets.close()
    wait_for(lambda: box.codes == [6])
    assert words(outlets)[-1] == "parallel closed while lost, 2 codes lost"


def test_a_port_that_another_program_has_is_said_to_be_taken(tmp_path):
    box = PlayedBox(tmp_path / "ttyBOX")
    first = outlets_of([serial(box, baud=57_600)], {})
    assert box.speed == termios.B57600
    ((said, good),) = outlets_of([serial(box)], {}).states()
    assert (said, good) == (f"serial: the port {box.port}: another program has it", False)
    first.close()
    ((_, good),) = outlets_of([serial(box)], {}).states()
    assert good


def test_what_is_no_port_is_said(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path, tmp_path / ("x" * 300)):
        ((said, good),) = outlets_of([SerialOutlet(kind="serial", port=str(place))], {}).states()
        assert not good
        assert said.count(str(place)) == 1
        assert "\n" not in said
    ((said, _),) = outlets_of([SerialOutlet(kind="serial", port="/dev/null")], {}).states()
    assert said == "serial: the port /dev/null: it is no serial port"


class Odd:
    """An outlet whose driver raises what it likes."""

    kind, name, place, pulse_s = "odd", "odd", "nowhere", None

    def __init__(self) -> None:
        faults = [AttributeError("'NoneType' has no attribute 'x'"), ZeroDivisionError()]
        self._faults = iter(faults)

    def open(self):
        pass

    def send(self, marker):
        raise next(self._faults, OSError(5, "Input/output error"))

    send_at_once = send

    def told(self):
        return ""

    def offset(self, clock):
        return None

    def reset(self):
        pass

    is_there = close = reset


def test_a_driver_that_raises_what_it_likes_is_lost_and_no_more():
    outlets = Outlets([Odd()])
    outlets.begin(time.perf_counter)
    outlets.send(1)
    wait_for(lambda: outlets.served("odd")[1] == 1)
    outlets.close()
    assert words(outlets)[1] == "odd lost: ZeroDivisionError"


def test_a_driver_that_is_busy_with_something_else_lets_nobody_wait(monkeypatch):
    busy, over = threading.Event(), threading.Event()

    class Busy(Odd):
        def send(self, marker):
            return True

        send_at_once = send

        def is_there(self):
            busy.set()
            over.wait(20)

    monkeypatch.setattr(lines, "LOOKED_AT_S", 0.01)
    outlets = Outlets([Busy()])
    outlets.begin(time.perf_counter)
    assert busy.wait(10)
    called = time.perf_counter()
    outlets.send(1)
    took = time.perf_counter() - called
    over.set()
    outlets.close()
    assert took < 5
    assert words(outlets) == ["odd opened", "odd closed"]
    assert outlets.served("odd")[:2] == (1, 0)


def test_what_comes_while_an_outlet_opens_again_is_not_sent_late(monkeypatch):
    opens, over, sent, told = threading.Event(), threading.Event(), [], []

    class Slow(Odd):
        lost = False

        def open(self):
            if self.lost:
                opens.set()
                over.wait(20)

        def send_at_once(self, marker):
            return False

        def send(self, marker):
            if not self.lost:
                self.lost = True
                raise OSError
            sent.append(marker.code)

    monkeypatch.setattr(lines, "FIRST_AGAIN_S", 0.01)
    outlets = Outlets([Slow()], told.append)
    outlets.begin(time.perf_counter)
    outlets.send(1)
    assert opens.wait(10)
    outlets.send(2)
    outlets.send(3)
    over.set()
    wait_for(lambda: told[-1] == "odd back, 3 codes lost")
    outlets.send(4)
    outlets.close()
    assert sent == [4]


def test_what_cannot_be_opened_is_tried_again_after_longer_and_longer(monkeypatch):
    tried: list[float] = []

    class Locked(Odd):
        def open(self):
            tried.append(time.monotonic())
            raise RuntimeError

    monkeypatch.setattr(lines, "FIRST_AGAIN_S", 0.02)
    monkeypatch.setattr(lines, "LONGEST_AGAIN_S", 0.1)
    outlets = Outlets([Locked()])
    outlets.begin(time.perf_counter)
    wait_for(lambda: len(tried) > 5)
    outlets.close()
    assert words(outlets) == ["odd lost: RuntimeError", "odd closed while lost"]
    waited = np.diff(tried[:6])
    assert (waited >= [0.02, 0.04, 0.08, 0.1, 0.1]).all()
    assert waited.sum() < 5


def test_a_missing_package_is_one_line(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pylsl", None)
    ((said, good),) = outlets_of([LslOutlet(kind="lsl")], {}).states()
    assert not good
    assert "pip install -r requirements-markers.txt" in said
    assert "\n" not in said


def test_a_pc_without_a_driver_for_its_port_is_one_line(monkeypatch):
    from psychopy import parallel

    monkeypatch.setattr("experiment.outlets.parallel_port.sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(parallel, "ParallelPort", None)
    ((said, good),) = outlets_of([ParallelOutlet(kind="parallel", address=0x378)], {}).states()
    assert not good
    assert "InpOut32" in said


def test_lines_of_a_parallel_port_rest_but_for_its_pulses(monkeypatch):
    from psychopy import parallel

    told: list[int] = []
    # No machine of ours has such a port: this takes what its driver would.
    port = SimpleNamespace(setData=told.append)
    monkeypatch.setattr("experiment.outlets.parallel_port.sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(parallel, "ParallelPort", lambda address: {0x378: port}[address])
    outlets = outlets_of([ParallelOutlet(kind="parallel", address=0x378)], {})
    assert told == [0]
    outlets.begin(time.perf_counter)
    outlets.send(255)
    assert told[:2] == [0, 255]
    outlets.send(128)
    outlets.close()
    assert told == [0, 255, 0, 128, 0]
