"""Accentuated images as a kind of a study: files, report, what is named, and what is refused."""

import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn

from conditions.errors import StudyError
from conditions.stimuli import read_stimuli
from conditions.tables.files import read_table, write_table
from conditions.tables.made_images import ACCENTUATION_REPORT
from conditions.tables.stimuli import POOL
from stimgen.kinds import accentuation as module
from stimgen.kinds.references import make_references, plan_references
from stimgen.layers.layer import Layer
from stimgen.models.model import Model
from stimgen.natural.step import make_natural
from tests.stimgen.kinds.conftest import copied
from tests.stimgen.kinds.small import study

DEAD = 2
UNITS = ["edges_0000", "edges_0001", f"edges_{DEAD:04d}"]
KINDS = {
    "photos": {"kind": "photographs"},
    "driven": {"kind": "accentuation", "of": "photos", "steps": 8, "penalty": 0.5},
    "same": {"kind": "accentuation", "of": "photos", "strength": 0},
    "weak": {
        "kind": "accentuation",
        "of": "driven",
        "strength": 0.5,
        "steps": 3,
        "layer": "pooled",
    },
}


def network() -> Model:
    """Units that respond to edges of any polarity, but for a dead one."""
    torch.manual_seed(2)
    net = nn.Sequential()
    net.edges = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.Tanhshrink())
    net.pooled = nn.AvgPool2d(4)
    with torch.no_grad():
        net.edges[0].weight *= 4
        net.edges[0].weight[DEAD] = 0
    net.eval().requires_grad_(False)
    layers = {name: Layer(name, 3, (name,)) for name in ("edges", "pooled")}
    return Model("small", net, lambda images: images - 0.5, layers, "made", "0" * 64)


@pytest.fixture(scope="module")
def photos(tmp_path_factory, pool):
    """The study with its photographs alone; not to be changed."""
    folder = study(tmp_path_factory.mktemp("photos"), pool, KINDS, UNITS)
    make_natural(folder, network(), workers=0)
    return folder


@pytest.fixture(scope="module")
def accentuated(tmp_path_factory, photos):
    """The study with all images; not to be changed."""
    folder = copied(photos, tmp_path_factory.mktemp("accentuated"))
    make_references(folder, network())
    return folder


@pytest.fixture
def begun(photos, tmp_path):
    """A copy of the study with its photographs alone."""
    return copied(photos, tmp_path)


def rows_of(folder, name: str) -> pd.DataFrame:
    return read_stimuli(folder).query("name == @name").reset_index(drop=True)


def test_every_reference_is_accentuated_and_reported(accentuated):
    made = rows_of(accentuated, "driven")
    # Two ranks a pole that are no query, of the two batches that main trials show.
    assert made.groupby("unit").size().tolist() == [8, 8, 8]
    assert set(made["kind"]) == {"accentuation"}
    assert made["source"].str.endswith(", accentuated by 4 SD in 8 steps").sum() == 16
    report = read_table(accentuated.accentuation_report, ACCENTUATION_REPORT)
    assert report.groupby("name").size().to_dict() == {"driven": 24, "same": 24, "weak": 24}
    driven = report.query("name == 'driven' and unit != @UNITS[2]")
    photos = rows_of(accentuated, "photos").set_index("path")["activation"]
    of = driven["path"].str.replace("/driven/", "/photos/")
    assert driven["before"].tolist() == photos[of].tolist()
    activations = made.set_index("path")["activation"]
    assert driven["after"].tolist() == activations[driven["path"]].tolist()
    pool = read_table(accentuated.pool_table, POOL).set_index("unit")["sd"]
    towards = driven["pole"].map({"max": 1, "min": -1})
    rise = towards * (driven["after"] - driven["before"]) / pool[driven["unit"]].to_numpy()
    assert driven["rise"].tolist() == pytest.approx(rise.tolist())
    assert (driven["rise"] > 0.2).mean() > 0.8
    assert (driven["distance"] > 0.05).all()
    assert set(driven["steps"]) == {8}


def test_without_strength_images_are_what_they_are_made_of(accentuated):
    for row in rows_of(accentuated, "same").itertuples():
        of = row.path.replace("/same/", "/photos/")
        with (
            Image.open(accentuated.path / row.path) as same,
            Image.open(accentuated.path / of) as photo,
        ):
            assert same.tobytes() == photo.convert("RGB").tobytes()


def test_dead_units_are_named_and_their_images_are_what_they_were(begun, capsys):
    make_references(begun, network(), names=["driven", "same"])
    said = " ".join(capsys.readouterr().out.split())
    assert "warning: driven: in 8 of 24 images the activation did not move towards the pole" in said
    assert f"pole: {UNITS[2]} max (4), {UNITS[2]} min (4) (see" in said
    assert "warning: same" not in said
    dead = rows_of(begun, "driven").query("unit == @UNITS[2]")
    assert dead["source"].str.endswith("as it was, as the unit is dead").all()
    report = read_table(begun.accentuation_report, ACCENTUATION_REPORT)
    assert report.query("unit == @UNITS[2]")["rise"].isna().all()


@pytest.mark.parametrize("kept", [0, 3])
def test_images_that_the_report_has_lost_are_named(accentuated, tmp_path, capsys, kept):
    folder = copied(accentuated, tmp_path)
    report = read_table(folder.accentuation_report, ACCENTUATION_REPORT)
    write_table(report.iloc[:kept], ACCENTUATION_REPORT, folder.accentuation_report)
    make_references(folder, network())
    said = " ".join(capsys.readouterr().out.split())
    for name in ("driven", "weak"):
        assert f"accentuation_report.csv has no row of {name} images that are there (edges_" in said
    assert "has no row of same" not in said
    for path in rows_of(folder, "driven")["path"]:
        (folder.path / path).unlink()
    make_references(folder, network())
    assert "has no row of driven" not in capsys.readouterr().out


def test_what_is_made_again_is_the_same(accentuated, tmp_path):
    folder = copied(accentuated, tmp_path)
    before = read_stimuli(folder).set_index("path")["sha256"]
    lost = rows_of(folder, "driven")["path"].iloc[[1, 5]]
    for path in lost:
        (folder.path / path).unlink()
    make_references(folder, network(), names=["driven"])
    assert read_stimuli(folder).set_index("path")["sha256"].to_dict() == before.to_dict()
    assert len(read_table(folder.accentuation_report, ACCENTUATION_REPORT)) == 72


def test_batches_that_do_not_fit_are_halved(begun, accentuated, monkeypatch):
    optimise, counts = module.accentuate, []

    def crowded(model, photographs, *rest):
        counts.append(len(photographs))
        if len(photographs) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return optimise(model, photographs, *rest)

    monkeypatch.setattr(module, "accentuate", crowded)
    make_references(begun, network(), names=["driven"])
    assert counts == [8, 4, 2, 2, 4, 2, 2] * 2
    activations = [rows_of(folder, "driven")["activation"] for folder in (begun, accentuated)]
    assert activations[0].tolist() == pytest.approx(activations[1].tolist(), abs=1e-3)


def test_a_unit_whose_numbers_are_left_fails_alone(begun):
    pool = read_table(begun.pool_table, POOL)
    pool.loc[pool["unit"] == UNITS[0], "sd"] = 1e-38
    write_table(pool, POOL, begun.pool_table)
    with pytest.raises(StudyError) as refused:
        make_references(begun, network(), names=["driven"])
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"driven: {UNITS[0]}: stimuli/photos/{UNITS[0]}/")
    assert "in step" in lines[1]
    assert "of the layer edges is not finite (NaN or infinite); choose another" in lines[1]
    assert set(rows_of(begun, "driven")["unit"]) == set(UNITS[1:])


@pytest.mark.parametrize("name", ["driven", "drawn"])
def test_a_plan_names_the_unit_that_is_no_number(tmp_path, pool, name):
    drawn = {"kind": "visualisation", "images": 2, "steps": 1, "diversity": 0}
    broken = network()
    with torch.no_grad():
        broken.net.edges[0].bias[0] = torch.nan
    with pytest.raises(StudyError) as refused:
        plan_references(study(tmp_path, pool, KINDS | {"drawn": drawn}, UNITS), broken, [name])
    (line,) = str(refused.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert UNITS[0] in line
    assert "is not finite (NaN or infinite); choose another unit in the study file" in line


def test_the_spread_over_the_pool_is_needed(begun):
    begun.pool_table.unlink()
    with pytest.raises(StudyError, match=r"driven.strength counts in .* stimgen natural"):
        make_references(begun, network(), names=["driven"])


def test_a_layer_that_is_not_there_is_refused_before_anything_is_made(pool, tmp_path):
    kinds = KINDS | {"driven": KINDS["driven"] | {"layer": "edgs"}}
    folder = study(tmp_path, pool, kinds, UNITS)
    for command in (make_references, plan_references):
        with pytest.raises(StudyError, match=r"^references.driven.layer: model small has no layer"):
            command(folder, network(), names=["driven"])


def test_a_plan_says_how_long_all_steps_take(photos, monkeypatch):
    (step,) = plan_references(photos, network(), ["driven"])
    assert (step.name, step.tasks) == ("driven, edges", 3)
    monkeypatch.setattr("stimgen.kinds.derived.kind.time.perf_counter", iter([0.0, 2.0]).__next__)
    (step,) = plan_references(photos, network(), ["driven"])
    # Two images and 4 of 8 steps in 2 s; 8 images a unit.
    assert step.seconds_each == pytest.approx(2 * 8)
