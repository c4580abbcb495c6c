"""Names of units: one spelling each, that every folder can have and that can be read again."""

from pathlib import PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.study.study import Study
from conditions.study.units.names import parse_unit, unit_name
from conditions.units.table import unit_table


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(0, 99_999))
def test_layer_and_channel_are_read_from_a_name_again(layer, channel):
    assert parse_unit(unit_name(layer, channel)) == (layer, channel)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(0, 99_999))
def test_every_system_can_have_a_folder_of_that_name(layer, channel):
    name = unit_name(layer, channel)
    assert name.isascii()
    assert not set(name) & set('\\/:*?"<>|%~ ')
    assert name.isprintable()
    assert name[0] not in ".-"
    assert name[-1].isdigit()


@pytest.mark.parametrize("layer", ["aux.0", "AUX.0", "Con.x", "nul.", "com1.conv", "lpt9.a.b"])
def test_no_name_is_a_device_of_windows(layer):
    assert PureWindowsPath(f"{layer}_0003").is_reserved()
    assert not PureWindowsPath(unit_name(layer, 3)).is_reserved()
    assert parse_unit(unit_name(layer, 3)) == (layer, 3)


@pytest.mark.parametrize("layer", ["con", "auxiliary.0", "aux1.conv", "com.x", "block08"])
def test_other_names_stay_as_they_are(layer):
    assert unit_name(layer, 3) == f"{layer}_0003"
    assert not PureWindowsPath(f"{layer}_0003").is_reserved()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("post:x_0001", "the layer post:x is written post=3Ax$"),
        ("block 2_0001", "the layer block 2 is written block=202$"),
        ("aux.0_0001", "wanted its one spelling, aux=2E0_0001$"),
        ("post=3aX_0001", "wanted its one spelling, post=3AX_0001$"),
        ("=61b_0001", "wanted its one spelling, ab_0001$"),
        ("block02_00012", "wanted its one spelling, block02_0012$"),
        ("block02_012", "at least four digits, as in mixed4a_0427$"),
        ("block02_٠٠١٢", "at least four digits, as in mixed4a_0427$"),
        ("_0001", "is not LAYER_CHANNEL"),
        ("=C3_0001", "wanted its one spelling"),
    ],
)
def test_another_spelling_is_refused_with_the_one(name, said):
    with pytest.raises(StudyError, match=said):
        parse_unit(name)


def test_units_that_differ_in_case_alone_are_refused_wherever_they_come_from(demo):
    demo["readouts"] = {name: {"layer": "block08", "pooling": "max"} for name in ("Peak", "peak")}
    demo["units"]["main"] = ["Peak_0000", *demo["units"]["main"][1:5]]
    sample = {"layers": ["peak"], "exclude": [f"peak_{i:04d}" for i in range(1, 112)]}
    demo["units"]["sample"] = [sample]
    with pytest.raises(StudyError, match="Peak_0000, peak_0000 differ in upper and lower case"):
        unit_table(Study.model_validate(demo))
