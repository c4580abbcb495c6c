"""Readouts in a study file: what can be written, what is refused, and what is said of them."""

from pathlib import Path

import pytest
import yaml

from conditions.describe import describe
from conditions.errors import StudyError
from conditions.folder import DESIGNS
from conditions.study.readouts import ReadoutChoice
from conditions.study.study import Study, load_study
from conditions.units.table import unit_table


def with_readouts(demo: dict, **readouts: dict) -> dict:
    """The demo, of which the first units are those of readouts."""
    units = [f"{name}_0003" for name in readouts]
    demo["readouts"] = readouts
    demo["units"]["main"] = [*units, *demo["units"]["main"][len(units) :]]
    return demo


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "channels of block08, the mean over positions"),
        ({"pooling": "max"}, "channels of block08, the maximum over positions"),
        ({"pooling": "centre"}, "channels of block08, at the central position"),
        ({"pooling": [0, 5]}, "at row 0 and column 5 of the layer's map (from 0)"),
        ({"pooling": {"token": "class"}}, "at the class token"),
        ({"pooling": {"token": "register_2"}}, "at the register 2 token"),
        ({"map": "m.npz"}, "linear combinations of the channels of block08, the mean"),
        ({"map": "m.npz", "activation": "relu"}, "of block08, 0 where they are negative, the mean"),
        (
            {"map": "m.npz", "activation": {"topk": 32}, "subtract_bias": False},
            "of which the 32 largest at a position are active, the mean over positions",
        ),
    ],
)
def test_a_readout_is_read_and_described(demo, tmp_path, fields, words):
    content = with_readouts(demo, own={"layer": "block08", **fields})
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    study = load_study(path)
    said = describe(study)
    assert "6 units of efficientnet_lite0" in said
    assert "of 3 layers (block02, block08, block13) and 1 readout (own)" in said
    assert words in said.partition("Readout own: ")[2]
    assert Study.model_validate(study.model_dump()) == study


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pooling": "average"}, r"pooling: found 'average', wanted mean, max, centre, \[row,"),
        ({"pooling": [1]}, r"pooling: found \[1\], wanted mean"),
        ({"pooling": [1, -2]}, r"pooling: found \[1, -2\], wanted"),
        ({"pooling": [1.0, 2]}, r"pooling: found \[1.0, 2\], wanted"),
        ({"pooling": {"token": "cls"}}, "pooling: found {'token': 'cls'}, wanted"),
        ({"pooling": {"token": "register_0"}}, "pooling: found {'token': 'register_0'}, wanted"),
        ({"map": "m.npz", "activation": "gelu"}, "activation: found 'gelu', wanted none, relu or"),
        ({"map": "m.npz", "activation": "topk: 4"}, "activation: found 'topk: 4', wanted none"),
        ({"map": "m.npz", "activation": {"topk": 0}}, "activation: found {'topk': 0}, wanted"),
        ({"map": "m.npz", "activation": {"topk": True}}, "activation: found {'topk': True}, want"),
        ({"activation": "relu"}, "activation: there is no map that it could belong to"),
        ({"subtract_bias": True}, "subtract_bias: there is no map that it could belong to"),
        ({"maps": "m.npz"}, "unknown field readouts.own.maps; did you mean map"),
    ],
)
def test_what_is_no_readout_is_refused_in_a_line(demo, tmp_path, fields, said):
    path = tmp_path / "own.yaml"
    content = with_readouts(demo, own={"layer": "block08", **fields})
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(StudyError, match=rf"own\.yaml: .*{said}") as refused:
        load_study(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("readouts", "said"),
    [
        ({"own": {"layer": "blok08"}}, r"readouts\.own: model .* has no layer 'blok08'; it has bl"),
        ({"block05": {"layer": "block08"}}, r"readouts\.block05: model .* a layer of that name"),
    ],
)
def test_a_readout_that_does_not_fit_a_known_network_is_refused_without_it(demo, readouts, said):
    with pytest.raises(StudyError, match=said):
        unit_table(Study.model_validate(with_readouts(demo, **readouts)))


def test_a_readout_of_a_readout_is_refused(demo):
    with pytest.raises(ValueError, match="readouts: b is the name of a layer, which a reads"):
        Study.model_validate(with_readouts(demo, a={"layer": "b"}, b={"layer": "block08"}))


def test_a_channel_that_the_layer_behind_a_readout_lacks_is_named(demo):
    content = with_readouts(demo, own={"layer": "block02", "pooling": "max"})
    content["units"]["main"][0] = "own_0024"
    with pytest.raises(StudyError, match="own of model efficientnet_lite0 has no channel 24"):
        unit_table(Study.model_validate(content))


def test_units_are_drawn_from_readouts_whose_number_is_known(demo):
    readouts = {
        "peak": {"layer": "block02", "pooling": "max"},
        "sae": {"layer": "block02", "map": "m.npz"},
    }
    demo["readouts"] = readouts
    demo["units"]["main"] = demo["units"]["main"][:2]
    demo["units"]["sample"] = [{"layers": ["peak", "sae"], "n": 2}]
    with pytest.raises(StudyError, match=r"channels of layer 'sae' .* model\.channels, or list"):
        unit_table(Study.model_validate(demo))
    demo["model"]["channels"] = {"sae": 3}
    drawn = unit_table(Study.model_validate(demo)).query("pick == 'random'")
    assert drawn["layer"].tolist() == ["peak", "peak", "sae", "sae"]
    assert drawn["channel"].iloc[:2].max() < 24
    assert drawn["channel"].iloc[2:].max() < 3


def test_a_readout_of_inception_has_the_branches_of_its_layer(demo):
    demo["model"] = {"name": "inceptionv1"}
    demo["readouts"] = {"peak": {"layer": "mixed4a", "pooling": "max"}}
    demo["units"] = {
        "practice": [f"mixed4a_{i:04d}" for i in range(3)],
        "sample": [{"layers": ["peak"], "branches": ["1x1", "pool"], "n": 3}],
    }
    main = unit_table(Study.model_validate(demo)).query("role == 'main'")
    assert main["branch"].tolist() == ["1x1"] * 3 + ["pool"] * 3
    assert main["channel"].iloc[:3].max() < 192
    assert main["channel"].iloc[3:].min() >= 444


def test_what_the_template_shows_of_readouts_can_be_read():
    text = (DESIGNS / "template.yaml").read_text(encoding="utf-8")
    block = text.partition("# readouts:\n")[2].partition("\n# Units")[0]
    shown = yaml.safe_load("\n".join(line.removeprefix("# ") for line in block.splitlines()))
    read = [ReadoutChoice.model_validate(choice) for choice in shown.values()]
    assert set().union(*(choice.model_fields_set for choice in read)) == set(
        ReadoutChoice.model_fields
    )


def test_a_study_is_the_same_on_systems_that_write_paths_otherwise(demo, monkeypatch):
    """Sessions of a PC with Windows belong to the study whose images were made elsewhere."""
    demo["model"]["weights"] = "weights/mine.pth"
    demo = with_readouts(demo, sae={"layer": "block08", "map": "maps/sae.npz"})
    here = Study.model_validate(demo).fingerprint()
    monkeypatch.setattr(Path, "__str__", lambda path: "\\".join(path.parts))
    assert str(Path("maps/sae.npz")) == "maps\\sae.npz"
    assert Study.model_validate(demo).fingerprint() == here
