"""A study of directions, positions and channels by the commands: NMF's factors behind a TopK."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from PIL import Image
from sklearn.decomposition import NMF

from analysis.__main__ import app as analysis
from conditions.__main__ import app as conditions
from conditions.errors import StudyError
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.recipes import ImageSize
from conditions.study.units.names import unit_name
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table
from conditions.tables.machine import JUDGEMENTS
from conditions.tables.stimuli import EXTREMES, POOL, STIMULI
from experiment.__main__ import app as experiment
from stimgen.__main__ import app as stimgen
from stimgen.activations import as_tensor
from stimgen.models.model import Model
from stimgen.models.registry import load_model
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

# The photographs without the embedded pool's crops of them: a fifth of what would be scanned twice.
POOL_FOLDER = str(ROOT / "stimgen" / "photographs")
SIZE = ImageSize(resize=108, crop=96)
FACTORS, ACTIVE = 48, 4
# More is chosen of a pole than has an activation above 0, of some factors.
BINS, BATCHES = 4, 6


@dataclass(frozen=True)
class Factors:
    """A map as a lab makes it, and what it gives, computed here from the layer's own values."""

    weights: np.ndarray
    centre: np.ndarray

    def of(self, maps: np.ndarray) -> np.ndarray:
        """N × factors: the mean over positions, at each of which the largest are active."""
        values = np.einsum("uc,nchw->nuhw", self.weights, maps - self.centre[:, None, None])
        least = np.sort(values, axis=1)[:, -ACTIVE][:, None]
        return np.where((values >= least) & (values > 0), values, 0).mean((2, 3))


@dataclass(frozen=True)
class Made:
    folder: StudyFolder
    factors: Factors
    # Of the whole pool, images × factors.
    latents: np.ndarray
    main: list[str]


def block08(model: Model, images: torch.Tensor) -> np.ndarray:
    """What the block of the network itself gives."""
    kept = []
    block = model.net.get_submodule("_blocks.8")
    handle = block.register_forward_hook(lambda module, given, output: kept.append(output.clone()))
    with torch.inference_mode():
        model.net(model.preprocess(images))
    handle.remove()
    return kept[0].double().numpy()


def maps_of_the_pool(model: Model) -> np.ndarray:
    pool = open_pool(POOL_FOLDER, SIZE)
    batches = load_batches(pool, SIZE, 32, 0, range(len(pool)), False)
    images = [batch.pixels.permute(0, 3, 1, 2).float() / 255 for batch in batches]
    return np.concatenate([block08(model, some) for some in images])


def factorised(maps: np.ndarray) -> Factors:
    flat = maps.transpose(0, 2, 3, 1).reshape(-1, maps.shape[1])
    nmf = NMF(FACTORS, init="nndsvda", max_iter=40, tol=1e-3, random_state=0)
    components = nmf.fit((flat - flat.min(0))[::7]).components_
    weights = components / np.linalg.norm(components, axis=1, keepdims=True)
    return Factors(weights.astype(np.float32), flat.mean(0).astype(np.float32))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Made:
    place = tmp_path_factory.mktemp("readouts")
    maps = maps_of_the_pool(load_model("efficientnet_lite0", device="cpu"))
    factors = factorised(maps)
    latents = factors.of(maps)
    np.savez(place / "nmf.npz", weights=factors.weights, centre=factors.centre)
    one_hot = np.zeros((2, maps.shape[1]), np.float32)
    one_hot[1, 20] = 1
    np.savez(place / "one.npz", weights=one_hot)
    active = (latents > 0).sum(0)
    by_rarity = np.argsort(active)
    rare = next(factor for factor in by_rarity if active[factor] > BINS * BATCHES)
    common = by_rarity[FACTORS // 2]
    assert active[rare] < len(latents) / 4
    assert active[rare] < active[common]
    main = [unit_name("nmf", rare), unit_name("nmf", common), "one_0001", "block08_0020"]
    main += ["peak_0031", "corner_0062"]
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "directions",
        "image": SIZE.model_dump(),
        "readouts": {
            "nmf": {"layer": "block08", "map": str(place / "nmf.npz"), "activation": {"topk": 4}},
            "one": {"layer": "block08", "map": str(place / "one.npz")},
            "peak": {"layer": "block08", "pooling": "max"},
            "corner": {"layer": "block08", "pooling": [0, 5]},
        },
        "units": {"main": main, "practice": ["block02_0015", "block08_0018", "block13_0140"]},
        "natural": {"pool": POOL_FOLDER, "bins": BINS, "batches": BATCHES},
        "references": {
            "natural": {"kind": "photographs"},
            "synthetic": {
                "kind": "visualisation",
                "images": 3,
                "steps": 12,
                "learning_rate": 0.25,
            },
        },
    }
    content["parts"][1]["scheme"] = "Min-Max-3"
    study = place / "directions.yaml"
    study.write_text(yaml.safe_dump(content), encoding="utf-8")
    for app, command, *options in (
        (stimgen, "natural", "--workers", "0", "--all-units"),
        (stimgen, "synthetic"),
        (conditions, "build", "--participants", "1-4"),
        (conditions, "check"),
        (conditions, "describe"),
        (experiment, "machine", "--participants", "all", "--embedding", "oracle"),
        (analysis, "difficulty"),
        (stimgen, "preview"),
    ):
        root = [] if command == "describe" else ["--root", str(place)]
        app([command, str(study), *options, *root], standalone_mode=False)
    return Made(open_study(str(place / "directions"), place), factors, latents, main)


def table(made: Made, name: str) -> pd.DataFrame:
    return read_table(made.folder.stimuli_table, STIMULI).query("name == @name")


def measured(folder: Path, rows: pd.DataFrame) -> np.ndarray:
    """The layer's own values for the files of a table."""
    images = [as_tensor(Image.open(folder / path).convert("RGB")) for path in rows["path"]]
    return block08(load_model("efficientnet_lite0", device="cpu"), torch.stack(images))


@pytest.mark.parametrize("name", ["natural", "synthetic"])
def test_activations_in_the_table_are_those_of_the_formula(made, name):
    by_hand = {
        "nmf": lambda maps, channel: made.factors.of(maps)[:, channel],
        "one": lambda maps, channel: maps[:, 20].mean((1, 2)),
        "block08": lambda maps, channel: maps[:, channel].mean((1, 2)),
        "peak": lambda maps, channel: maps[:, channel].max((1, 2)),
        "corner": lambda maps, channel: maps[:, channel, 0, 5],
    }
    for unit, rows in table(made, name).groupby("unit"):
        readout, _, channel = unit.rpartition("_")
        if readout in by_hand and unit in made.main:
            wanted = by_hand[readout](measured(made.folder.path, rows), int(channel))
            np.testing.assert_allclose(
                rows["activation"], wanted, rtol=1e-4, atol=1e-4, err_msg=unit
            )


def test_the_pools_extremes_are_those_of_the_formula(made):
    pool = read_table(made.folder.pool_table, POOL).set_index("unit")
    for unit in made.main[:2]:
        latent = made.latents[:, int(unit[-4:])]
        assert pool.loc[unit, "max"] == pytest.approx(latent.max(), rel=1e-4, abs=1e-5)
        assert pool.loc[unit, "min"] == latent.min()


def test_the_maps_are_known_from_the_provenance_of_the_images(made):
    for name in ("natural", "synthetic"):
        facts = json.loads((made.folder.stimuli / name / "provenance.json").read_text())
        assert sorted(facts["maps_sha256"]) == ["nmf", "one"]
        assert {len(sha256) for sha256 in facts["maps_sha256"].values()} == {64}


def test_a_factor_that_is_0_for_most_images_has_other_images_at_its_poles(made):
    """Its lowest are equal: any will do, but none is at both poles, and the highest are active."""
    rare = table(made, "natural").query("unit == @made.main[0]")
    low, high = (rare[rare["pole"] == pole] for pole in ("min", "max"))
    assert len(low) == len(high) == BINS * BATCHES
    assert (low["activation"] < 1e-3).all()
    assert (high["activation"] > 0).all()
    assert not set(low["source"]) & set(high["source"])
    assert low["source"].is_unique
    assert high["source"].is_unique


def test_synthetic_images_open_a_factor(made):
    for unit in made.main[:2]:
        rows = table(made, "synthetic").set_index(["unit", "pole"])["activation"]
        low, high = (rows.loc[unit, pole] for pole in ("min", "max"))
        assert low.max() < high.min()


def test_a_one_hot_direction_ranks_the_pool_as_its_channel_does(made):
    pool = read_table(made.folder.pool_table, POOL).set_index("unit")
    one, channel = pool.loc["one_0001"], pool.loc["block08_0020"]
    pd.testing.assert_series_equal(one, channel, check_names=False)
    natural = table(made, "natural").set_index("unit")
    ranked = [
        natural.loc[unit].sort_values(["pole", "source"])[["pole", "source", "activation"]]
        for unit in ("one_0001", "block08_0020")
    ]
    pd.testing.assert_frame_equal(*(rows.reset_index(drop=True) for rows in ranked), rtol=1e-6)
    everything = made.folder.stimuli / "all_units" / "extremes.csv"
    listed = read_table(everything, EXTREMES).set_index(["unit", "pole", "place"])
    assert listed.loc[("block08_0020", "max", 1), "activation"] == one["max"]


def test_the_oracle_is_right_on_every_trial_with_references(made):
    for participant in range(1, 5):
        trials = read_table(made.folder.condition_file(participant), CONDITION_FILE)
        asked = trials[trials["condition"] != "none"]
        assert set(asked["unit"]) >= set(made.main)
        session = made.folder.machine_session("oracle", participant)
        judged = read_table(session / "judgements.csv", JUDGEMENTS).set_index("trial")
        p_upper = judged["p_upper"].reindex(asked["trial"]).to_numpy()
        right = np.where(asked["correct_response"] == "upper", p_upper, 1 - p_upper)
        wrong = asked[right <= 0.5][["trial", "unit", "condition"]]
        assert wrong.empty, f"participant {participant}:\n{wrong}"


@pytest.fixture
def nmf_file(made):
    """The map's file, which is put back."""
    path = made.folder.path.parent / "nmf.npz"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def run(app, made: Made, *arguments: str) -> None:
    root = made.folder.path.parent
    app([*arguments, str(root / "directions.yaml"), "--root", str(root)], standalone_mode=False)


def test_another_map_is_refused_by_the_readouts_name(made, nmf_file):
    np.savez(nmf_file, weights=made.factors.weights * 2, centre=made.factors.centre)
    for command in (["natural"], ["synthetic"], ["synthetic", "--dry-run"], ["all"]):
        with pytest.raises(StudyError, match=r"another map of the readout nmf .*nmf\.npz"):
            run(stimgen, made, *command)


def test_the_same_map_in_another_file_is_the_same(made, nmf_file, capsys):
    np.savez_compressed(
        nmf_file,
        centre=made.factors.centre.astype(">f8"),
        weights=np.asfortranarray(made.factors.weights),
    )
    run(stimgen, made, "natural")
    run(stimgen, made, "synthetic")
    assert capsys.readouterr().out.count("images of 9 units are there") == 2


def test_only_the_making_of_images_needs_the_map(made, nmf_file):
    """A lab's PC has a copy of the study folder and no maps."""
    nmf_file.unlink()
    run(conditions, made, "build", "--participants", "1-5")
    run(conditions, made, "check")
    run(experiment, made, "machine", "--participant", "5", "--embedding", "oracle")
    run(analysis, made, "difficulty")
    run(stimgen, made, "preview")
    for command in ("natural", "synthetic", "units"):
        with pytest.raises(StudyError, match=r"readouts\.nmf: .*nmf\.npz: no such file"):
            run(stimgen, made, command)
