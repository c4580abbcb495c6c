"""Activations that are NaN or infinite are counted and named, and never ranked."""

import json
from functools import reduce

import numpy as np
import pytest

from conditions.errors import StudyError
from conditions.study.recipes import NaturalImages
from conditions.tables.files import read_table
from conditions.tables.stimuli import HISTOGRAM, POOL, POOL_REPORT, STIMULI
from stimgen.natural.choose import candidates_of
from stimgen.natural.scanning import not_finite as not_finite_module
from stimgen.natural.scanning import remarks as remarks_module
from stimgen.natural.scanning.activations import columns_of, unit_activations
from stimgen.natural.scanning.extremes import NONE, Extremes
from stimgen.natural.scanning.remarks import broken_units, of_images, warnings
from stimgen.natural.scanning.scan import PoolScan, ScanSettings, scan
from stimgen.natural.scanning.tables import distributions, histograms
from stimgen.natural.step import make_natural
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches
from tests.stimgen.natural.scanning.broken import (
    DEAD,
    HUGE,
    NAMES,
    NEVER,
    REDDISH,
    REDS,
    SIZE,
    SOME,
    UNITS,
    WHOLE,
    make_pool,
    network,
    scanned,
    study,
)


def values_of(pool) -> np.ndarray:
    batches = load_batches(pool, SIZE, 32, workers=0)
    columns = columns_of(UNITS)
    return np.concatenate([unit_activations(network(), b.pixels, columns, False) for b in batches])


def assert_same(one: PoolScan, other: PoolScan) -> None:
    for name in Extremes.__dataclass_fields__:
        found, wanted = (getattr(scan.extremes, name) for scan in (one, other))
        np.testing.assert_array_equal(found, wanted, err_msg=name)
    for name in ("images", "units"):
        found, wanted = (getattr(scan.not_finite, name) for scan in (one, other))
        np.testing.assert_array_equal(found, wanted, err_msg=name)


def test_what_is_not_finite_is_in_neither_pole(pool, tmp_path):
    found = scanned(pool, tmp_path, kept=30).extremes
    values = values_of(pool)
    assert list(np.flatnonzero(np.isnan(values[:, SOME]))) == REDDISH
    others = np.setdiff1d(np.arange(30), REDDISH)
    order = others[np.argsort(values[others, SOME])]
    for images, wanted in ((found.low_images, order), (found.high_images, order[::-1])):
        np.testing.assert_array_equal(images[:20, SOME], wanted)
        assert (images[20:, SOME] == NONE).all()
        assert (images[:, NEVER] == NONE).all()
        assert (images[:, WHOLE] != NONE).all()
    assert list(found.not_finite_images[:10, SOME]) == REDDISH
    assert list(found.not_finite_images[:, NEVER]) == list(range(30))
    assert (found.not_finite_images[:, WHOLE] == NONE).all()


def test_a_whole_pool_lists_nothing(tmp_path):
    folder = make_pool(tmp_path / "pool", [0.3] * 8)
    how = ScanSettings(kept=4, workers=0)
    units = UNITS[:NEVER]
    found = scan(network(), open_pool(str(folder), SIZE), SIZE, units, how, tmp_path / "scan")
    assert found.extremes.not_finite_images.shape == (0, 2)
    assert broken_units(found, NAMES) == []
    assert len(found.not_finite.images) == 0


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_merged_spans_are_one_pass_also_with_duplicates(tmp_path, batches):
    """A reddish image comes again in later spans, where it is no duplicate yet."""
    folder = make_pool(tmp_path / "pool", REDS)
    for again in ("011", "023", "029"):
        (folder / f"{again}.png").write_bytes((folder / "003.png").read_bytes())
    pool = open_pool(str(folder), SIZE)
    whole = scanned(pool, tmp_path / "whole")
    how = ScanSettings(kept=8, workers=0, batch_size=4)
    every = range(len(pool))
    parts = [
        scan(network(), pool, SIZE, UNITS, how, tmp_path, span=every[start:][: 4 * batches])
        for start in every[:: 4 * batches]
    ]
    assert_same(reduce(PoolScan.merge, parts), whole)
    assert_same(parts[0].merge(reduce(PoolScan.merge, parts[1:])), whole)
    assert not set(whole.not_finite.images.tolist()) & {11, 23, 29}


def test_a_stopped_scan_goes_on_with_what_it_has_counted(pool, tmp_path):
    whole = scanned(pool, tmp_path / "whole")
    how = ScanSettings(kept=8, workers=0, batch_size=4, checkpoint_images=8)

    def stop(n: int, done: list[int] = []) -> None:  # noqa: B006 - counts the calls
        done.append(n)
        if sum(done) >= 16:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(network(), pool, SIZE, UNITS, how, tmp_path, stop)
    begun = []
    again = scan(network(), pool, SIZE, UNITS, how, tmp_path, begun.append)
    assert begun[0] == 8
    assert_same(again, whole)
    # And from a state in which all is done.
    assert_same(scan(network(), pool, SIZE, UNITS, how, tmp_path), whole)


def test_states_of_earlier_versions_are_not_gone_on_with(pool, tmp_path, monkeypatch):
    scanned(pool, tmp_path)
    (state,) = tmp_path.glob("scan-*.npz")
    with np.load(state) as saved:
        fields = {k: v for k, v in saved.items() if not k.startswith("not_finite")}
    np.savez(state, **fields)
    monkeypatch.setattr("stimgen.natural.scanning.scan.VERSION", 3)
    scanned(pool, tmp_path)
    assert len(list(tmp_path.glob("scan-*.npz"))) == 2


def test_distributions_are_those_of_finite_activations(pool, tmp_path):
    found = scanned(pool, tmp_path)
    table = distributions(found, NAMES).set_index("unit")
    values = values_of(pool)[:, SOME].astype(np.float64)
    values = values[np.isfinite(values)]
    wanted = {
        "mean": values.mean(),
        "sd": values.std(ddof=1),
        "min": values.min(),
        "q25": np.quantile(values, 0.25),
        "median": np.median(values),
        "max": values.max(),
    }
    for name, value in wanted.items():
        assert table.loc[NAMES[SOME], name] == pytest.approx(value, rel=1e-5), name
    assert NAMES[NEVER] not in table.index
    assert table.notna().all(axis=None)
    counts = histograms(found, NAMES).groupby("unit")["count"].sum()
    assert counts[NAMES[SOME]] == 20
    assert counts[NAMES[HUGE]] == counts[NAMES[WHOLE]] == 30
    assert NAMES[NEVER] not in counts


def test_units_that_hardly_any_image_drives_to_a_number_have_a_distribution(tmp_path):
    """Their images are none of the sample: the ranked ones stand for it."""
    folder = make_pool(tmp_path / "pool", [0.9] * 20 + [0.3] * 3)
    pool = open_pool(str(folder), SIZE)
    found = scanned(pool, tmp_path, sampled=2)
    assert (found.extremes.sample_images < 20).all()
    row = distributions(found, NAMES).set_index("unit").loc[NAMES[SOME]]
    assert row["min"] < row["median"] < row["max"]
    assert row["sd"] > 0


def test_queries_of_percentiles_are_those_of_finite_activations(pool, tmp_path):
    found = scanned(pool, tmp_path)
    recipe = NaturalImages(bins=2, batches=2, query_percentiles=(60, 90))
    candidates = candidates_of(found.extremes, SOME, recipe)
    values = values_of(pool)[:, SOME]
    least, most = np.nanpercentile(values, (60, 90))
    wanted = np.flatnonzero((values >= least - 1e-6) & (values <= most + 1e-6))
    np.testing.assert_array_equal(candidates.high_queries, wanted)
    assert not set(candidates.low_queries) & set(REDDISH)
    assert np.isfinite(candidates.sd)
    assert len(candidates_of(found.extremes, NEVER, recipe).high_queries) == 0


def test_units_and_images_are_named(pool, tmp_path):
    found = scanned(pool, tmp_path)
    broken = broken_units(found, NAMES)
    assert [(one.unit, one.images) for one in broken] == [(NAMES[SOME], 10), (NAMES[NEVER], 30)]
    assert warnings(found, pool, broken) == [
        "10 activations of unit units_0001 are not finite (images 000.png, 003.png, 006.png, "
        "009.png, 012.png and 5 more); they are not ranked",
        "no activation of unit units_0002 is finite",
    ]
    # What is never a number is no fault of an image.
    assert of_images(found, NAMES) == dict.fromkeys(
        REDDISH, "not finite: activations of units_0001"
    )


def test_many_units_are_named_in_one_sentence(tmp_path):
    pool = open_pool(str(make_pool(tmp_path / "pool", [0.9, 0.3, 0.4, 0.5])), SIZE)
    how = ScanSettings(kept=4, workers=0)
    units = [("units", SOME)] * 9 + [("units", NEVER)] * 2
    names = [f"u{i}" for i in range(11)]
    found = scan(network(), pool, SIZE, units, how, tmp_path)
    said = warnings(found, pool, broken_units(found, names))
    assert said[0] == "1 activation of unit u0 is not finite (image 000.png); it is not ranked"
    assert said[5:] == [
        "activations of 4 more units are not finite: u5, u6, u7, u8; they are not ranked",
        "no activation of 2 units (u9, u10) is finite",
    ]
    assert of_images(found, names) == {
        0: "not finite: activations of u0, u1, u2, u3, u4 and 4 more"
    }
    # A study's units come again where all are ranked.
    names[1] = "u0"
    assert [one.unit for one in broken_units(found, names)][:2] == ["u0", "u2"]


def test_more_than_are_listed_are_counted_where_they_can_be(pool, tmp_path, monkeypatch):
    for module in ("extremes", "not_finite", "remarks"):
        monkeypatch.setattr(f"stimgen.natural.scanning.{module}.LISTED", 4)
    assert not_finite_module.LISTED == remarks_module.LISTED == 4

    def count(name: str, **settings: int) -> tuple[int, bool]:
        found = scanned(pool, tmp_path, **settings)
        assert found.extremes.not_finite_images.shape == (4, len(UNITS))
        assert list(found.not_finite.images) == list(range(30))
        (one,) = [one for one in broken_units(found, NAMES) if one.unit == name]
        return one.images, one.counted

    assert count(NAMES[SOME]) == (10, True), "all images are in the sample"
    assert count(NAMES[SOME], kept=21, sampled=6) == (10, True), "all others are ranked"
    assert count(NAMES[NEVER], sampled=6) == (30, True), "there are no others"
    images, counted = count(NAMES[SOME], sampled=6)
    assert not counted
    assert 4 <= images <= 22
    found = scanned(pool, tmp_path, sampled=6)
    said = warnings(found, pool, broken_units(found, NAMES))
    assert said[0].startswith(f"about {images} activations of unit units_0001 are not finite")
    # All images are named, the units of some.
    assert list(of_images(found, NAMES)) == REDDISH
    assert of_images(found, NAMES)[REDDISH[-1]] == "not finite: activations of other units"


def test_the_step_names_counts_and_refuses(reddish, tmp_path, capsys):
    folder = study(tmp_path, reddish, [WHOLE, SOME, NEVER, DEAD])
    with pytest.raises(StudyError) as refused:
        make_natural(folder, network(), all_units=True, workers=0, batch_size=4)
    assert str(refused.value) == (
        "failed, all else is done:\nunits_0002: natural: its activation is not finite (NaN or "
        "infinite) for every image of the pool; choose another unit in the study file"
    )
    said = capsys.readouterr().out
    assert said.count("warning: 10 activations of unit units_0001 are not finite (images 0") == 1
    rows = read_table(folder.stimuli_table, STIMULI)
    assert rows["unit"].value_counts().to_dict() == {NAMES[i]: 8 for i in (WHOLE, SOME, DEAD)}
    shown = rows[rows["unit"] == NAMES[SOME]]["source"]
    assert not set(shown) & {f"{i:03d}.png" for i in REDDISH}
    report = read_table(folder.stimuli / "pool_report.csv", POOL_REPORT)
    assert list(report["image"]) == [f"{i:03d}.png" for i in REDDISH]
    assert set(report["status"]) == {"good"}
    assert set(report["detail"]) == {"not finite: activations of units_0001"}
    provenance = json.loads((folder.stimuli / "natural" / "provenance.json").read_text())
    assert provenance["not_finite"] == {NAMES[SOME]: 10, NAMES[NEVER]: 30}
    assert len(read_table(folder.pool_table, POOL)) == 3
    assert len(read_table(folder.histogram_table, HISTOGRAM)) == 3 * 40
    assert len(read_table(folder.stimuli / "all_units" / "pool.csv", POOL)) == len(UNITS) - 1


def test_a_study_of_nothing_but_broken_units_ends_in_a_line(reddish, tmp_path):
    folder = study(tmp_path, reddish, [NEVER])
    with pytest.raises(StudyError, match="units_0002: natural: its activation is not finite"):
        make_natural(folder, network(), workers=0)
    assert len(read_table(folder.pool_table, POOL)) == 0


def test_too_few_finite_images_are_the_reason_that_is_given(tmp_path):
    pool = make_pool(tmp_path / "pool", [0.9] * 5 + [0.1 + 0.05 * i for i in range(6)])
    folder = study(tmp_path, pool, [WHOLE, SOME])
    with pytest.raises(StudyError) as refused:
        make_natural(folder, network(), workers=0)
    assert "units_0001: natural: the 4 candidates (of 6 photographs)" in str(refused.value)
    assert "for 5 images of the pool its activation is not finite (NaN or inf" in str(refused.value)
    assert set(read_table(folder.stimuli_table, STIMULI)["unit"]) == {NAMES[WHOLE]}
