"""Photometers: a real driver at an emulated serial port, and the operator who types."""

import os
import pty
import threading
import tty

import pytest

from conditions.errors import StudyError
from experiment.calibration.patches import Patch
from experiment.calibration.photometers.photometer import Instrument
from experiment.calibration.photometers.typed import as_luminance, doubt, edited


class Still:
    """A screen that shows what it shows."""

    def wait(self, seconds: float) -> None:
        pass


class FlexOptometer:
    """A Gamma Scientific S470 as its manual has it: REA n is answered with n readings."""

    def __init__(self) -> None:
        self.answers = [12.0, 13.0]
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        heard = b""
        while True:
            try:
                heard += os.read(self._master, 64)
            except OSError:
                return
            while b"\r\n" in heard:
                line, _, heard = heard.partition(b"\r\n")
                count = int(line.split()[1]) if b" " in line else 1
                readings = [self.answers[i % len(self.answers)] for i in range(count)]
                told = "".join(f"{reading:.3f}\r\n" for reading in readings)
                os.write(self._master, b"\r\n" + told.encode())


@pytest.fixture
def instrument() -> FlexOptometer:
    return FlexOptometer()


def patch(value: int, stage: str = "sweep", channel: str = "grey") -> Patch:
    return Patch(stage, 1, channel, value, (value,) * 3)


def test_an_instrument_is_opened_by_name_and_port_and_read(instrument):
    meter = Instrument("s470", instrument.port)
    assert meter.name == "Gamma Scientific S470"
    assert meter.read(Still(), patch(0)) == pytest.approx(12.5)
    instrument.answers = [0.25]
    assert meter.read(Still(), patch(0)) == pytest.approx(0.25)


def test_what_is_no_luminance_is_refused(instrument):
    meter = Instrument("S470", instrument.port)
    instrument.answers = [-1.0]
    with pytest.raises(StudyError, match=r"found -1.0 cd/m² 3 times, wanted 0 or more"):
        meter.read(Still(), patch(0))


@pytest.mark.parametrize(
    ("name", "port", "words"),
    [
        ("LX1", "/dev/null", "found 'LX1', wanted one of LS100, CS100A"),
        ("S470", "/dev/no-such-port", "at /dev/no-such-port: the port cannot be opened"),
        ("CS100A", "/dev/null", "pip install psychopy-minolta"),
    ],
)
def test_an_instrument_that_is_not_there_is_told_in_one_line(name, port, words):
    with pytest.raises(StudyError, match=words) as error:
        Instrument(name, port)
    assert len(str(error.value).splitlines()) == 1


def test_keys_become_a_number():
    written = ""
    for key in ("1", "num_2", "a", "comma", "5", "7", "backspace", "up"):
        written = edited(written, key)
    assert written == "12.5"
    assert as_luminance(written) == 12.5
    assert as_luminance("") is as_luminance("1.2.3") is as_luminance(".") is None


def test_a_reading_that_contradicts_others_is_doubted():
    known = {("sweep", "grey", 64): 6.0, ("sweep", "grey", 191): 55.0, ("sweep", "red", 128): 5.0}
    assert doubt(patch(128), 23.0, known) == ""
    assert doubt(patch(128), 2.3, known) == "Grey 64 had 6, this is grey 128."
    assert doubt(patch(128), 230.0, known) == "Grey 191 had 55, this is grey 128."
    assert doubt(patch(64), 60.0, known) == "Grey 64 had 6, this is grey 64."
    assert doubt(patch(128, stage="verification"), 230.0, known) == ""
    assert doubt(patch(128, channel="red"), 5.2, known) == ""
    # Blue was not read yet; but it is no brighter than grey, nor grey darker than red.
    assert doubt(patch(191, channel="blue"), 99.0, known) == "Grey 191 had 55, this is blue 191."
    assert (
        doubt(patch(140), 3.0, {("sweep", "red", 128): 5.0}) == "Red 128 had 5, this is grey 140."
    )
