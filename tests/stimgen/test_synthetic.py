"""Feature visualisation: the parts against their definitions, the whole against its purpose."""

import math
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.folder import DESIGNS, open_study
from conditions.study import ImageSize, SyntheticImages
from conditions.table_files import read_table, write_table
from conditions.tables import POOL, STIMULI, SYNTHETIC_REPORT
from stimgen.activations import channel_means, layer_maps
from stimgen.models import load_model
from stimgen.pool.find import open_pool
from stimgen.stimuli import add_stimuli
from stimgen.synthetic import write as write_module
from stimgen.synthetic.flatness import GradientWatch
from stimgen.synthetic.fourier import FourierImages, frequency_scale
from stimgen.synthetic.maco import MacoImages, mean_magnitudes, pool_magnitudes
from stimgen.synthetic.objective import UnitObjective, similarity
from stimgen.synthetic.optimise import ImageSet, optimise
from stimgen.synthetic.parameterisation import (
    COLOUR_CORRELATION,
    correlate_colours,
    decorrelate_colours,
)
from stimgen.synthetic.quality import DIVERSITY_SHARE, diversity_weights
from stimgen.synthetic.step import make_synthetic
from stimgen.synthetic.transformations import random_affine, transform

SIDE = 64
RECIPE = SyntheticImages(images=3, steps=12)
CPU = torch.device("cpu")
UNITS = ["block02_0004", "block08_0031"]


def fourier(generators, count, device) -> FourierImages:
    return FourierImages(SIDE, generators, count, device)


def image_set(channel: int, pole: str = "max", diversity: float = 0.5, seed: int = 1) -> ImageSet:
    return ImageSet(f"unit_{channel:04d}", UnitObjective(channel, pole, diversity), seed)


@pytest.fixture(scope="module")
def lite0():
    return load_model("efficientnet_lite0", device="cpu")


def test_frequencies_are_weighted_by_their_inverse():
    scale = frequency_scale(32)
    assert scale.shape == (32, 17)
    assert scale[0, 0] == 32, "the mean counts as the lowest frequency"
    assert scale[0, 4] == pytest.approx(8)
    assert scale[4, 0] == scale[28, 0] == pytest.approx(8)


def test_the_parameterisation_is_lucids():
    """The same spectrum gives the same image as lucent's recipe."""
    from lucent.optvis.param.color import to_valid_rgb
    from lucent.optvis.param.spatial import fft_image

    parameters, raw = fft_image((2, 3, 32, 32))
    ours = FourierImages(32, [torch.Generator()], 2, CPU)
    with torch.no_grad():
        ours.parameters.copy_(parameters[0] * 100)
        parameters[0].mul_(100)
        theirs = to_valid_rgb(raw, decorrelate=True)()
        torch.testing.assert_close(ours.images(), theirs, rtol=1e-4, atol=1e-5)
    assert COLOUR_CORRELATION.norm(dim=0).max() == pytest.approx(1)


def test_similarity_is_the_sum_of_cosines_of_gram_matrices():
    from lucent.optvis.objectives import diversity

    maps = torch.randn(5, 7, 6, 6, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(similarity(maps), -diversity("layer")(lambda layer: maps))
    same = maps[:1].expand(4, -1, -1, -1)
    assert similarity(same) == pytest.approx(3, rel=1e-5)


def test_the_objective_points_to_its_pole():
    maps = torch.randn(2, 3, 4, 4)
    high = UnitObjective(1, "max", 0).loss(maps)
    assert high == pytest.approx(-maps[:, 1].mean().item())
    assert UnitObjective(1, "min", 0).loss(maps) == -high
    assert UnitObjective(1, "max", 2.0).loss(maps) == pytest.approx(
        (high + 2 * similarity(maps)).item()
    )


def test_no_movement_leaves_the_images():
    images = torch.rand(2, 3, 20, 20)
    identity = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])
    torch.testing.assert_close(
        transform(images, identity.expand(2, 2, 3)), images, rtol=1e-5, atol=1e-5
    )


def test_a_jitter_of_whole_pixels_moves_by_whole_pixels():
    images = torch.rand(1, 3, 20, 20)
    shift = torch.tensor([[1.0, 0, -2 / 20 * 3], [0, 1.0, 0]])
    moved = transform(images, shift[None])
    torch.testing.assert_close(moved[..., 3:], images[..., :-3], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(moved[..., :3], images[..., :3].flip(-1), rtol=1e-4, atol=1e-5)


def test_movements_have_the_published_ranges_and_follow_the_seed():
    side, generator = 256, torch.Generator().manual_seed(3)
    scales, angles, shifts = set(), set(), []
    for _ in range(400):
        affine = random_affine(generator, side)
        turn = affine[:, :2]
        scales.add(round(1 / turn.det().sqrt().item(), 3))
        angles.add(round(math.degrees(math.atan2(turn[0, 1], turn[0, 0]))))
        shifts.append(affine[:, 2] * side / 2)
    assert scales == {1.0, 0.975, 1.025, 0.95, 1.05}
    assert angles == set(range(-5, 6))
    longest = torch.stack(shifts).abs().max()
    assert 9 < longest < 13, "7.5 and 3.5 px at most, a little more by the scale and the turn"
    one, other = (random_affine(torch.Generator().manual_seed(5), side) for _ in range(2))
    assert torch.equal(one, other)


@pytest.mark.parametrize("pole", ["max", "min"])
def test_optimising_beats_where_it_began(lite0, pole):
    (made,) = optimise(lite0, "block08", [image_set(20, pole)], fourier, RECIPE)
    assert made.images.shape == (3, 3, SIDE, SIDE)
    assert made.steps == RECIPE.steps
    assert made.images.min() >= 0
    assert made.images.max() <= 1
    start = fourier([torch.Generator().manual_seed(1)], 3, CPU)
    with torch.no_grad():
        before = channel_means(lite0, start.images(), ["block08"])["block08"][:, 20]
        after = channel_means(lite0, made.images, ["block08"])["block08"][:, 20]
    sign = 1 if pole == "max" else -1
    assert (sign * after > sign * before.mean() + 1).all()


def test_the_same_seed_gives_the_same_images_and_another_one_others(lite0):
    one, same, other = (
        optimise(lite0, "block02", [image_set(5, seed=seed)], fourier, RECIPE)[0].images
        for seed in (1, 1, 2)
    )
    torch.testing.assert_close(one, same, rtol=0, atol=1e-4)
    assert (one - other).abs().max() > 0.1


def test_a_set_does_not_depend_on_its_neighbours(lite0):
    sets = [image_set(5, "max", 0.5, 1), image_set(9, "min", 2.0, 2), image_set(3, "max", 0.0, 3)]
    recipe = SyntheticImages(images=2, steps=5)
    together = optimise(lite0, "block02", sets, fourier, recipe)
    for one, beside in zip(sets, together, strict=True):
        (alone,) = optimise(lite0, "block02", [one], fourier, recipe)
        torch.testing.assert_close(beside.images, alone.images, rtol=0, atol=2e-3)


def test_our_loss_and_gradient_are_lucents(lite0):
    """The same spectrum, no transformations: lucent's recipe by its own parts."""
    from lucent.optvis.objectives import diversity
    from lucent.optvis.param.color import to_valid_rgb
    from lucent.optvis.param.spatial import fft_image

    parameters, raw = fft_image((3, 3, SIDE, SIDE))
    start = torch.randn(parameters[0].shape, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        parameters[0].copy_(start)
    theirs = to_valid_rgb(raw, decorrelate=True)()
    maps = layer_maps(lite0, theirs, ["block08"])["block08"]
    # lucent maximises the mean of the channel and its diversity, which is negative similarity.
    loss = -maps[:, 20].mean() - 0.7 * diversity("layer")(lambda layer: maps)
    loss.backward()
    ours = fourier([torch.Generator()], 3, CPU)
    with torch.no_grad():
        ours.parameters.copy_(start)
    own = UnitObjective(20, "max", 0.7).loss(
        layer_maps(lite0, ours.images(), ["block08"])["block08"]
    )
    own.backward()
    assert own.item() == pytest.approx(loss.item(), rel=1e-4)
    scale = parameters[0].grad.abs().max()
    torch.testing.assert_close(ours.parameters.grad / scale, parameters[0].grad / scale,
                               rtol=1e-4, atol=1e-4)  # fmt: skip


def test_diversity_makes_images_differ(lite0):
    alike = []
    for weight in (0.0, 3.0):
        (made,) = optimise(lite0, "block08", [image_set(20, "max", weight)], fourier, RECIPE)
        with torch.no_grad():
            alike.append(similarity(layer_maps(lite0, made.images, ["block08"])["block08"]).item())
    assert alike[1] < alike[0] - 0.2


def test_weights_to_try():
    assert diversity_weights("auto", 4.0, search=False) == [4.0 * DIVERSITY_SHARE]
    assert diversity_weights(100, None, search=False) == [100]
    tried = diversity_weights(100, None, search=True)
    assert tried[:3] == [100, 50, 25]
    assert tried[-1] == 0
    assert diversity_weights(0, None, search=True) == [0]


def test_a_loss_that_is_no_number_names_unit_and_step(lite0):
    sets = [image_set(5), image_set(6, diversity=float("nan"))]
    with pytest.raises(FloatingPointError, match=r"unit_0006, pole max: .* in step 1"):
        optimise(lite0, "block02", sets, fourier, RECIPE)


def test_a_gradient_is_flat_when_it_no_longer_shrinks():
    noise = np.random.default_rng(1).normal(1, 0.05, 2000)
    falling, level = GradientWatch(), GradientWatch()
    assert not any(falling.is_flat(n * 0.995**i) for i, n in enumerate(noise))
    stopped = next(i for i, n in enumerate(noise) if level.is_flat(n * (1 + 5 * 0.97**i)))
    assert 200 < stopped < 800


def test_a_flat_set_stops_and_its_neighbours_do_not_change_it(lite0, monkeypatch):
    monkeypatch.setattr(
        "stimgen.synthetic.optimise.GradientWatch", partial(GradientWatch, window=4, tolerance=0.3)
    )
    recipe = SyntheticImages(images=2, steps=30, stop_when_flat=True)
    alone = optimise(lite0, "block02", [image_set(5)], fourier, recipe)[0]
    beside = optimise(lite0, "block02", [image_set(5), image_set(9, "min")], fourier, recipe)[0]
    assert alone.steps < 30
    assert beside.steps == alone.steps
    torch.testing.assert_close(beside.images, alone.images, rtol=0, atol=5e-3)


@given(st.integers(0, 1000))
def test_colours_are_decorrelated_and_back(seed):
    images = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(
        correlate_colours(decorrelate_colours(images)), images, rtol=1e-3, atol=1e-4
    )


def test_maco_holds_the_magnitudes_and_moves_only_phases(lite0):
    magnitudes = pool_magnitudes(
        open_pool("embedded", ImageSize(resize=72, crop=SIDE)),
        ImageSize(resize=72, crop=SIDE),
        SIDE,
    )
    assert magnitudes.shape == (3, SIDE, SIDE // 2 + 1)
    # Photographs: magnitudes fall with frequency.
    assert magnitudes[0, 1, 1] > 10 * magnitudes[0, SIDE // 2, SIDE // 2]

    def maco(generators, count, device):
        return MacoImages(magnitudes, generators, count, device)

    (made,) = optimise(
        lite0, "block08", [image_set(20, diversity=0)], maco, SyntheticImages(images=2, steps=25)
    )
    start = maco([torch.Generator().manual_seed(1)], 2, CPU)
    with torch.no_grad():
        before = channel_means(lite0, start.images(), ["block08"])["block08"][:, 20]
        after = channel_means(lite0, made.images, ["block08"])["block08"][:, 20]
    assert (after > before.mean() + 1).all()
    # Where the phases are those of real images the magnitudes come back; the edges of the real
    # transform, whose imaginary parts are dropped, apart.
    inner = (slice(None), slice(1, SIDE // 2), slice(1, SIDE // 2))
    for image in made.images:
        found = mean_magnitudes(image[None])[inner]
        ratio = (found / magnitudes[inner]).median()
        assert ratio == pytest.approx(1, abs=0.1)


@pytest.fixture
def folder(tmp_path):
    """A study of two units, two images of 32 px a pole, three steps."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": {"resize": 40, "crop": 32},
        "units": {"main": UNITS},
        "natural": {"bins": 2, "batches": 3},
        "synthetic": {"images": 2, "steps": 3, "units_per_batch": 4},
        "parts": [{"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": 2}],
    }
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return open_study(str(path), tmp_path)


def with_pool(folder) -> None:
    values = dict.fromkeys(("mean", "min", "q25", "median", "q75", "max"), 0.0)
    rows = [{"unit": unit, "n_images": 5, "sd": 2.0} | values for unit in UNITS]
    write_table(pd.DataFrame(rows)[POOL.column_names], POOL, folder.pool_table)


def with_natural(folder, level: float) -> None:
    """Natural images of one activation, listed only: they are compared with, not read."""
    rows = [
        {
            "unit": unit,
            "kind": "natural",
            "pole": pole,
            "batch": 0,
            "rank": 0,
            "activation": level if pole == "max" else -level,
            "path": f"stimuli/natural/{unit}/batch_00/{pole}_0.png",
            "source": "pool",
            "sha256": "0" * 64,
        }
        for unit in UNITS
        for pole in ("min", "max")
    ]
    add_stimuli(folder, pd.DataFrame(rows))


def test_the_step_writes_reports_and_goes_on(folder, lite0, monkeypatch):
    with_pool(folder)
    with_natural(folder, 1000.0)
    make_synthetic(folder, lite0)
    rows = read_table(folder.stimuli_table, STIMULI)
    synthetic = rows[rows.kind == "synthetic"]
    assert len(synthetic) == 2 * 2 * 2
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert len(report) == 4
    assert not report["beats_natural"].any()
    assert (report["diversity_weight"] == 2.0 * DIVERSITY_SHARE).all()
    for row in report.itertuples():
        own = synthetic[(synthetic.unit == row.unit) & (synthetic.pole == row.pole)].activation
        assert row.weakest == pytest.approx(own.min() if row.pole == "max" else own.max())
    gone = folder.path / synthetic.iloc[0].path
    gone.unlink()
    made = []
    real = write_module.optimise

    def counted(model, layer, sets, *rest):
        made.extend(one.unit for one in sets)
        return real(model, layer, sets, *rest)

    monkeypatch.setattr(write_module, "optimise", counted)
    make_synthetic(folder, lite0)
    assert made == [synthetic.iloc[0].unit]
    again = read_table(folder.stimuli_table, STIMULI)
    np.testing.assert_allclose(again["activation"], rows["activation"], atol=0.05)


def test_a_search_lowers_diversity_until_natural_images_are_beaten(folder, lite0):
    with_pool(folder)
    searching = folder.study.synthetic.model_copy(update={"beat_natural": True})
    study = folder.study.model_copy(update={"synthetic": searching})
    folder = type(folder)(folder.path, study)
    # Beyond what three steps can reach, then below what any image has.
    with_natural(folder, 1000.0)
    make_synthetic(folder, lite0)
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    assert (report["tries"] == 6).all()
    with_natural(folder, -1000.0)
    for image in (folder.stimuli / "synthetic").glob("*/max_0.png"):
        image.unlink()
    make_synthetic(folder, lite0)
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    high = report[report.pole == "max"]
    assert (high["tries"] == 1).all()
    assert high["beats_natural"].all()


def test_memory_that_does_not_hold_all_sets_is_shared_out(folder, lite0, monkeypatch):
    with_pool(folder)
    largest = []
    real = write_module.optimise

    def small(model, layer, sets, *rest):
        if len(sets) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        largest.append(len(sets))
        return real(model, layer, sets, *rest)

    monkeypatch.setattr(write_module, "optimise", small)
    make_synthetic(folder, lite0)
    assert largest == [1] * 4


def test_a_set_that_fails_is_lost_alone(folder, lite0, monkeypatch):
    with_pool(folder)
    real = write_module.optimise

    def poisoned(model, layer, sets, *rest):
        bad = [one for one in sets if one.unit == "block08_0031" and one.objective.pole == "min"]
        if bad:
            raise FloatingPointError("unit block08_0031, pole min: the loss is nan in step 2")
        return real(model, layer, sets, *rest)

    monkeypatch.setattr(write_module, "optimise", poisoned)
    with pytest.raises(StudyError, match="block08_0031, pole min: the loss is nan in step 2"):
        make_synthetic(folder, lite0)
    assert len(read_table(folder.synthetic_report, SYNTHETIC_REPORT)) == 3
