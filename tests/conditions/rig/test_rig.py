"""Rig files: sizes and angles, and misfits that are named in one line."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.rig.luminance import Channel, Luminance
from conditions.rig.rig import Rig, read_rig
from conditions.rig.visual_angle import degrees_of, pixels_of
from conditions.yaml.reading import named_file, read_yaml

LEVELS = (0, 64, 128, 191, 255)
RISING = {level: 0.3 + 60 * (level / 255) ** 2.2 for level in LEVELS}
SIZES = {"width_cm": 53.1, "distance_cm": 57.0, "resolution": [1920, 1080]}


def calibrated(**changes: object) -> dict:
    channels = {name: {"readings": dict(RISING)} for name in ("red", "green", "blue")}
    luminance = {"photometer": "LS100", **channels}
    return {"name": "lab", **SIZES, "calibrated_on": "2026-11-01", "luminance": luminance} | changes


@given(st.floats(0.01, 89), st.floats(10, 500), st.floats(0.003, 0.2))
def test_degrees_and_pixels_are_each_others_inverse(degrees, distance, pixel):
    pixels = pixels_of(degrees, distance, pixel)
    assert degrees_of(pixels, distance, pixel) == pytest.approx(degrees, rel=1e-9)


def test_angles_are_exact_not_small():
    """At 57.3 cm a centimetre is about a degree, but 30 cm are 29.3° and not 30°."""
    assert pixels_of(1, 57.2958, 1.0) == pytest.approx(1, abs=1e-4)
    assert degrees_of(30, 57.2958, 1.0) == pytest.approx(29.34, abs=0.01)
    assert pixels_of(90, 10, 1.0) == pytest.approx(20)


def write(tmp_path, content: dict):
    path = tmp_path / "lab.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"width_cm": 5.31},
            "width_cm: 5.31 cm over 1920 px makes pixels of 0.0277 mm, wanted 0.03 to 2 mm",
        ),
        (
            {"distance_cm": 5.7},
            "distance_cm: a screen 53.1 cm wide at 5.7 cm takes 156° of the visual field, "
            "wanted 6° to 120°",
        ),
        ({"distance_cm": -57}, "distance_cm: found -57"),
        ({"distance_cm": None}, "width_cm, resolution without distance_cm: wanted all three"),
        ({"resolution": None}, "width_cm, distance_cm without resolution: wanted all three"),
        ({"calibrated_on": None}, "luminance without calibrated_on"),
    ],
)
def test_impossible_geometry_is_one_line_with_the_arithmetic(tmp_path, changes, words):
    path = write(tmp_path, calibrated(**changes))
    with pytest.raises(StudyError) as error:
        read_rig(path)
    assert str(error.value).startswith(f"{path}: ")
    assert words in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        (
            RISING | {128: 3.0},
            "readings: level 128 has 3 cd/m², less than level 64 with 3.16655",
        ),
        ({0: 0.3, 255: 60.3}, "found levels 0, 255; wanted 0, 255 and three between"),
        (dict.fromkeys(LEVELS, 0.3), "level 255 is no brighter than level 0 (0.3 cd/m²)"),
        (RISING | {300: 70.0}, "luminance.green.readings.300"),
    ],
)
def test_a_table_of_luminance_must_rise(tmp_path, readings, words):
    content = calibrated()
    content["luminance"]["green"] = {"readings": readings}
    path = write(tmp_path, content)
    with pytest.raises(StudyError) as error:
        read_rig(path)
    assert f"{path}: luminance.green" in str(error.value)
    assert words in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_readings_may_scatter_and_the_curve_rises_all_the_same():
    noisy = RISING | {191: RISING[255] * 1.02}
    curve = Channel(readings=noisy).interpolated()
    assert (curve[1:] >= curve[:-1]).all()
    assert curve[64] == pytest.approx(RISING[64])


def test_a_fit_is_needed_where_it_is_to_be_used():
    channels = {name: {"readings": dict(RISING)} for name in ("red", "green", "blue")}
    with pytest.raises(ValueError, match="curve fit, but red has no fit"):
        Luminance.model_validate({"photometer": "LS100", "curve": "fit", **channels})


def test_black_and_white_are_summed_where_grey_was_not_measured(tmp_path):
    rig = read_rig(write(tmp_path, calibrated()))
    assert rig.luminance.limits == pytest.approx((0.3, 180.3))


def test_yaml_is_read_one_way_everywhere(tmp_path):
    for content, words in (
        ("name: [", "not valid YAML"),
        ("- 1\n", "found list, wanted the fields of a rig"),
        ("", "field name is missing"),
    ):
        path = tmp_path / "lab.yaml"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(StudyError, match=words):
            read_yaml(path, Rig, "a rig")
    with pytest.raises(StudyError, match="No such file"):
        read_yaml(tmp_path / "none.yaml", Rig, "a rig")


def test_the_first_folder_that_has_a_name_is_taken(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, names in ((first, ["a"]), (second, ["a", "b"])):
        folder.mkdir()
        for name in names:
            (folder / f"{name}.yaml").write_text("name: x\n", encoding="utf-8")
    assert named_file("a", (first, second), "rig") == first / "a.yaml"
    assert named_file("b", (first, second), "rig") == second / "b.yaml"
    assert named_file(str(second / "a.yaml"), (first,), "rig") == second / "a.yaml"
    with pytest.raises(StudyError, match=r"rig c: no such file, nor one by that name \(a, b\)"):
        named_file("c", (first, second), "rig")
