"""Outlets for markers in a rig file."""

import pytest
import yaml

from conditions.errors import StudyError
from conditions.rig.rig import Rig, read_rig

SERIAL = {"kind": "serial", "port": "/dev/ttyUSB0"}


def read(folder, *outlets):
    path = folder / "desk.yaml"
    path.write_text(yaml.safe_dump({"name": "desk", "markers": list(outlets)}), encoding="utf-8")
    return read_rig(path)


def test_several_outlets_at_once_with_what_is_usual(tmp_path):
    second = SERIAL | {"port": "COM3", "name": "eyes", "reset_after_ms": "never"}
    parallel = {"kind": "parallel", "address": 0x378}
    rig = read(tmp_path, {"kind": "lsl"}, SERIAL, second, parallel, {"kind": "file"})
    assert [outlet.name for outlet in rig.markers] == ["lsl", "serial", "eyes", "parallel", "file"]
    assert (rig.markers[1].baud, rig.markers[1].reset_after_ms) == (115_200, 5.0)
    assert rig.markers[2].reset_after_ms == "never"
    # As a calibration writes it down anew.
    assert Rig.model_validate(rig.model_dump(exclude_none=True)) == rig
    assert read(tmp_path, parallel | {"address": "/dev/parport0"}).markers[0].place.endswith("t0")
    assert read(tmp_path, parallel | {"address": "0x378"}).markers[0].address == 0x378
    # A rig without outlets is written down as it always was.
    assert "markers" not in read(tmp_path).model_dump(mode="json")


@pytest.mark.parametrize(
    ("outlets", "words"),
    [
        ([{"kind": "osc"}], "markers.0.kind: found 'osc': wanted one of lsl, serial, parallel, fi"),
        ([{"kind": "lsl", "steam": "a"}], "unknown field markers.0.steam; did you mean stream?"),
        ([{"kind": "serial"}], "field markers.0.port is missing"),
        ([{"kind": "parallel"}], "field markers.0.address is missing"),
        ([{"kind": "parallel", "address": 888888}], "markers.0.address: found 888888"),
        (
            [{"kind": "parallel", "address": "0xZZ"}],
            "markers.0.address: found '0xZZ', wanted an ad",
        ),
        ([SERIAL | {"reset_after_ms": 0}], "markers.0.reset_after_ms: found 0"),
        ([SERIAL | {"reset_after_ms": "off"}], "markers.0.reset_after_ms: found 'off': wanted"),
        ([SERIAL | {"reset_after_ms": 5000}], "markers.0.reset_after_ms: found 5000"),
        ([SERIAL | {"baud": "fast"}], "markers.0.baud: found 'fast': wanted a whole number"),
        ([SERIAL, SERIAL | {"port": "COM3"}], "markers.1.name: found serial, which markers.0 has"),
        ([SERIAL, SERIAL | {"name": "b"}], "found the port /dev/ttyUSB0, to which serial sends"),
        ([{"kind": "lsl"}, {"kind": "lsl", "name": "b"}], "the stream reference_images"),
        ([{"kind": "file"}, {"kind": "file", "name": "b"}], "the file markers.csv"),
        ([{"kind": "lsl", "name": "a: b"}], "markers.0.name: found 'a: b'"),
    ],
)
def test_mistakes_are_named(tmp_path, outlets, words):
    with pytest.raises(StudyError) as raised:
        read(tmp_path, *outlets)
    assert words in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path))
