"""Natural images: the published rule, one photograph a batch, harder queries, stops and starts."""

import multiprocessing
import signal
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.folder import DESIGNS
from conditions.study.recipes import ImageSize, NaturalImages
from conditions.tables.files import read_table
from conditions.tables.stimuli import EXTREMES, POOL, POOL_REPORT, STIMULI
from stimgen.models.registry import load_model
from stimgen.natural.choose import Candidates, candidates_of, choose
from stimgen.natural.scanning.activations import columns_of, unit_activations
from stimgen.natural.scanning.agreement import disagreement
from stimgen.natural.scanning.extremes import NONE
from stimgen.natural.scanning.scan import ScanSettings, scan
from stimgen.natural.scanning.tables import distributions, histograms
from stimgen.pool.decoding.decode import Status
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches
from tests.conftest import in_process
from tests.stimgen.made import make_natural_images

SIZE = ImageSize(resize=72, crop=64)
UNITS = [("block02", 4), ("block08", 62), ("block02", 7)]


def all_activations(model, pool, size) -> tuple[np.ndarray, np.ndarray]:
    """Every activation in memory, and which images count."""
    rows, usable, seen = [], [], set()
    for batch in load_batches(pool, size, 32, workers=0):
        rows.append(unit_activations(model, batch.pixels, columns_of(UNITS), False).numpy())
        for status, digest in zip(batch.status, batch.digests, strict=True):
            usable.append(status in (Status.GOOD, Status.CONVERTED) and digest not in seen)
            seen.add(digest)
    return np.concatenate(rows), np.array(usable)


def scanned(model, pool, tmp_path, **settings):
    how = ScanSettings(**({"kept": 40, "workers": 0} | settings))
    return scan(model, pool, SIZE, UNITS, how, tmp_path)


def test_a_scan_finds_what_sorting_all_activations_finds(lite0, photographs, tmp_path):
    pool = open_pool(str(photographs), SIZE)
    found = scanned(lite0, pool, tmp_path, sampled=1000)
    activations, usable = all_activations(lite0, pool, SIZE)
    assert found.n_images == usable.sum() == 107
    places = np.flatnonzero(usable)
    for column in range(len(UNITS)):
        order = places[np.argsort(activations[places, column], kind="stable")]
        np.testing.assert_array_equal(found.extremes.low_images[:, column], order[:40])
        np.testing.assert_array_equal(found.extremes.high_images[:, column], order[::-1][:40])
        np.testing.assert_allclose(
            found.extremes.high[:, column], activations[order[::-1][:40], column], rtol=1e-5
        )
    table = distributions(found, ["a", "b", "c"]).set_index("unit")
    np.testing.assert_allclose(table["median"], np.median(activations[usable], axis=0), rtol=1e-4)
    np.testing.assert_allclose(table["sd"], activations[usable].std(0, ddof=1), rtol=1e-4)
    assert histograms(found, ["a", "b", "c"]).groupby("unit")["count"].sum().tolist() == [107] * 3


def test_odd_images_are_counted_and_named(lite0, photographs, tmp_path):
    found = scanned(lite0, open_pool(str(photographs), SIZE), tmp_path)
    counts = Counter(Status(status).name for status in found.status)
    assert counts == {"GOOD": 107, "DUPLICATE": 10, "BROKEN": 2, "TOO_SMALL": 1}
    doubles = np.flatnonzero(found.status == Status.DUPLICATE)
    assert (found.status[found.duplicate_of[doubles]] == Status.GOOD).all()


def test_a_stopped_scan_goes_on_to_the_identical_result(lite0, photographs, tmp_path):
    pool = open_pool(str(photographs), SIZE)
    whole = scanned(lite0, pool, tmp_path / "whole", batch_size=8)
    done = 0

    def stop(n: int) -> None:
        nonlocal done
        done += n
        if done > 50:
            raise KeyboardInterrupt

    how = ScanSettings(kept=40, workers=0, batch_size=8, checkpoint_images=16)
    with pytest.raises(KeyboardInterrupt):
        scan(lite0, pool, SIZE, UNITS, how, tmp_path / "stopped", stop)
    resumed_at = []
    again = scan(lite0, pool, SIZE, UNITS, how, tmp_path / "stopped", resumed_at.append)
    assert resumed_at[0] == 48
    for name, value in vars(whole.extremes).items():
        np.testing.assert_array_equal(value, getattr(again.extremes, name), err_msg=name)
    np.testing.assert_array_equal(whole.status, again.status)
    np.testing.assert_array_equal(whole.duplicate_of, again.duplicate_of)
    assert whole.details == again.details


def test_another_pool_or_unit_does_not_go_on_from_a_checkpoint(lite0, photographs, tmp_path):
    pool = open_pool(str(photographs), SIZE)
    scanned(lite0, pool, tmp_path)
    scan(lite0, pool, SIZE, UNITS[:1], ScanSettings(kept=40, workers=0), tmp_path)
    assert len(list(tmp_path.glob("scan-*.npz"))) == 2
    begun = []
    scan(lite0, pool, SIZE, UNITS, ScanSettings(kept=40, workers=1), tmp_path, begun.append)
    assert begun == [len(pool)], "the number of workers changes nothing: all is done"


@given(
    bins=st.integers(2, 10),
    batches=st.integers(2, 8),
    crops=st.integers(1, 3),
    seed=st.integers(0, 10_000),
)
def test_batches_are_dealt_by_the_published_rule(bins, batches, crops, seed):
    """Each batch has one image of each rank bin, no image twice, no photograph twice in a batch."""
    n_images = 2 * bins * batches * crops + 3 * batches
    rng = np.random.default_rng(seed)
    photograph = {i: f"{p}" for i, p in enumerate(rng.permutation(n_images) // crops)}
    order = np.random.default_rng(seed).permutation(n_images)
    chosen = choose(
        Candidates(order[::-1], order), photograph, bins, batches, np.random.default_rng(seed)
    )
    assert len(chosen) == len(set(chosen.values())) == 2 * bins * batches
    for batch in range(batches):
        shown = [photograph[chosen[p, batch, r]] for p in ("min", "max") for r in range(bins)]
        assert len(set(shown)) == len(shown)
    if crops == 1:
        for rank in range(bins):
            low = {chosen["min", batch, rank] for batch in range(batches)}
            assert low == set(order[rank * batches : (rank + 1) * batches])
            high = {chosen["max", batch, bins - 1 - rank] for batch in range(batches)}
            assert high == set(order[::-1][rank * batches : (rank + 1) * batches])


def test_every_deal_of_a_bin_is_equally_likely():
    order = np.arange(30)
    names = {i: str(i) for i in range(30)}
    deals = Counter()
    for seed in range(1200):
        chosen = choose(Candidates(order[::-1], order), names, 2, 3, np.random.default_rng(seed))
        deals[tuple(chosen["min", batch, 0] for batch in range(3))] += 1
    assert len(deals) == 6
    # 200 expected each; five standard deviations of a binomial.
    assert all(abs(count - 200) < 65 for count in deals.values())


def test_too_few_images_are_refused_with_the_numbers():
    order = np.arange(10)
    with pytest.raises(StudyError, match=r"the 10 candidates .* too few for 4 batches"):
        choose(Candidates(order[::-1], order), dict.fromkeys(range(10), "same"), 2, 4,
               np.random.default_rng(1))  # fmt: skip


def test_harder_queries_lie_in_the_asked_percentiles(lite0, photographs, tmp_path):
    pool = open_pool(str(photographs), SIZE)
    found = scanned(lite0, pool, tmp_path)
    recipe = NaturalImages(bins=3, batches=4, query_percentiles=(60, 75))
    activations, usable = all_activations(lite0, pool, SIZE)
    for column in range(len(UNITS)):
        candidates = candidates_of(found.extremes, column, recipe)
        chosen = choose(
            candidates, {i: str(i) for i in range(len(pool))}, 3, 4, np.random.default_rng(1)
        )
        values = activations[:, column]
        for pole, rank, (near, far) in (("max", 2, (60, 75)), ("min", 0, (25, 40))):
            queries = [values[chosen[pole, batch, rank]] for batch in range(4)]
            least, most = np.percentile(values[usable], (near, far))
            assert least - 1e-4 <= min(queries) <= max(queries) <= most + 1e-4
        assert min(values[chosen["max", b, 1]] for b in range(4)) > np.percentile(values, 85)


def test_agreement_of_precisions_is_measured():
    full = torch.randn(200, 5, generator=torch.Generator().manual_seed(1))
    assert disagreement(full, full) == (0.0, pytest.approx(1.0))
    rms, correlation = disagreement(full, full + 0.1 * torch.randn_like(full))
    assert 0.07 < rms < 0.14
    assert 0.97 < correlation < 1
    assert disagreement(full, -full)[1] == pytest.approx(-1)


def write_study(path: Path, pool: Path, **changes: object) -> Path:
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {"name": path.stem, "image": {"resize": 72, "crop": 64}}
    content["natural"] = {"pool": str(pool), "bins": 10, "batches": 4} | changes
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_command_writes_images_tables_and_every_channel(photographs, tmp_path):
    study = write_study(tmp_path / "small.yaml", photographs)
    run = ["stimgen", "natural", str(study), "--root", str(tmp_path)]
    done = in_process(*run, "--all-units", "--workers", "0", "--autocast")
    assert done.returncode == 0, done.stderr
    assert "107 good, 2 broken, 1 too_small, 10 duplicate" in done.stdout.replace("\n", " ")
    assert "autocast: differs by at most" in done.stdout
    stimuli = tmp_path / "small" / "stimuli"
    rows = read_table(stimuli / "stimuli.csv", STIMULI)
    assert len(rows) == 9 * 80
    odd = read_table(stimuli / "pool_report.csv", POOL_REPORT)
    assert Counter(odd["status"]) == {"duplicate": 10, "broken": 2, "too_small": 1}
    assert odd.set_index("image").loc["again_3.webp", "duplicate_of"] == "003.png"
    channels = sum(layer.channels for layer in load_model("efficientnet_lite0").layers.values())
    assert len(read_table(stimuli / "all_units" / "pool.csv", POOL)) == channels
    assert len(read_table(stimuli / "all_units" / "extremes.csv", EXTREMES)) == channels * 2 * 10
    assert "are there" in in_process(*run, "--all-units").stdout


@pytest.mark.slow
def test_kills_at_random_moments_change_nothing(photographs, tmp_path):
    """Ten SIGKILLs, each followed by a restart: the same stimuli.csv as without any."""
    whole = write_study(tmp_path / "whole.yaml", photographs)
    began = time.monotonic()
    assert killed_after(None, whole) == 0
    lasts = time.monotonic() - began
    killed = write_study(tmp_path / "killed.yaml", photographs)
    rng = np.random.default_rng(1)
    ends = [killed_after(rng.uniform(0.2, lasts), killed) for _ in range(10)]
    assert -signal.SIGKILL in ends
    assert killed_after(None, killed) == 0
    tables = [
        (tmp_path / name / "stimuli/stimuli.csv").read_bytes() for name in ("whole", "killed")
    ]
    assert tables[0] == tables[1]


def killed_after(seconds: float | None, study: Path) -> int:
    """Exit code of the step in a process of its own, from loading the model to the last image."""
    # Forks of a process that has PyTorch: importing it would take longer than all else.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.stimgen.made"])
    process = context.Process(target=make_natural_images, args=(study, study.parent))
    process.start()
    process.join(seconds)
    if seconds is not None:
        process.kill()
    process.join()
    return process.exitcode


@pytest.mark.slow
def test_imagenet_images_and_inception_with_all_units_of_experiment_1(reference, tmp_path):
    """Nine layers and 45 units in one pass over 1000 real images; weights are random here."""
    from lucent.modelzoo.inceptionv1.InceptionV1 import InceptionV1

    torch.manual_seed(0)
    weights = tmp_path / "inception.pth"
    torch.save(InceptionV1(pretrained=False).state_dict(), weights)
    model = load_model("inceptionv1", weights, device="cpu")
    listed = pd.read_csv(reference / "units" / "experiment_I_sampled.csv", skiprows=1)
    units = list(zip(listed["layer_name"], listed["feature_map_number"].astype(int), strict=True))
    assert len(units) == 45
    size = ImageSize(resize=128, crop=112)
    pool = open_pool(str(reference / "imagenet_sample"), size)
    found = scan(model, pool, size, units, ScanSettings(kept=200, workers=1), tmp_path / "scan")
    assert found.n_images == len(pool) == 1000
    assert (found.extremes.high_images != NONE).all()
    assert (np.diff(found.extremes.high, axis=0) <= 0).all()
    assert (found.extremes.high[0] > found.extremes.low[0]).all()
    for batch in islice(load_batches(pool, size, 32, workers=0), 3):
        values = unit_activations(model, batch.pixels, columns_of(units), False).numpy()
        assert (values <= found.extremes.high[0] + 1e-4).all()
        assert (values >= found.extremes.low[0] - 1e-4).all()
