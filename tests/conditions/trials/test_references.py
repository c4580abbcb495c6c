"""References by kind: mixed ones half and half, those made of others in the others' places."""

import pandas as pd
import pytest

from conditions.check import check_catch_trials
from conditions.study.study import Study
from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from conditions.trials.build import build_participant
from conditions.units.table import unit_table


@pytest.fixture(scope="module")
def trials(template) -> pd.DataFrame:
    return pd.concat([template.trials(p) for p in range(1, 21)], ignore_index=True)


def kinds_of(row: dict, columns: tuple[str, ...]) -> list[str]:
    return [row[c].split("/")[1] for c in columns if not pd.isna(row[c])]


def test_mixed_references_are_half_natural_and_half_synthetic(trials):
    mixed = trials[trials.condition == "mixed"].to_dict("records")
    grids = []
    for row in mixed:
        both = [kinds_of(row, LEFT_COLUMNS), kinds_of(row, RIGHT_COLUMNS)]
        # 4 and 5 in the one grid, 5 and 4 in the other: nine of each kind.
        assert sorted(grid.count("natural") for grid in both) == [4, 5]
        assert sum(grid.count("synthetic") for grid in both) == 9
        grids += both
        natural = f"stimuli/natural/{row['unit']}/batch_{row['batch']:02d}"
        for pole, columns, first in (("min", LEFT_COLUMNS, 1), ("max", RIGHT_COLUMNS, 0)):
            for place, column in enumerate(columns):
                rank = place + first
                assert row[column] in (
                    f"{natural}/{pole}_{rank}.png",
                    f"stimuli/synthetic/{row['unit']}/{pole}_{rank}.png",
                )
    # Each place is natural in about half of the grids: five standard errors either way.
    for place in range(9):
        share = sum(grid[place] == "natural" for grid in grids) / len(grids)
        assert abs(share - 0.5) < 2.5 / len(grids) ** 0.5


@pytest.mark.parametrize(("scheme", "natural"), [("Max-4", {2}), ("Max-5", {2, 3})])
def test_mixed_references_of_other_numbers(demo, scheme, natural):
    demo["references"]["mixed"] = {"kind": "mixed", "of": ["natural", "synthetic"]}
    demo["parts"][1] |= {"scheme": scheme, "conditions": ["synthetic", "mixed"]}
    demo["batches"]["offset"]["mixed"] = 1
    study = Study.model_validate(demo)
    units = unit_table(study)
    counts = set()
    for participant in range(1, 11):
        built = build_participant(study, units, participant)
        check_catch_trials(built, "")
        for row in built[built.condition == "mixed"].to_dict("records"):
            grid = kinds_of(row, RIGHT_COLUMNS)
            assert len(grid) == int(scheme[-1])
            assert kinds_of(row, LEFT_COLUMNS) == []
            counts.add(grid.count("natural"))
    assert counts == natural


def test_blurred_references_are_the_natural_ones_under_another_name(trials):
    blurred = trials[(trials.condition == "blurred") & ~trials["catch"].astype(bool)]
    assert len(blurred) > 100
    for row in blurred.to_dict("records"):
        place = f"{row['unit']}/batch_{row['batch']:02d}"
        expected = [f"stimuli/blurred/{place}/max_{rank}.png" for rank in range(9)]
        assert [row[c] for c in RIGHT_COLUMNS] == expected
        queries = {f"stimuli/natural/{place}/{name}.png" for name in ("min_0", "max_9")}
        assert {row["upper"], row["lower"]} == queries


def test_catch_queries_are_copies_in_every_condition(trials):
    catch = trials[trials["catch"].astype(bool)]
    assert set(catch.condition) == {"natural", "synthetic", "mixed", "blurred"}
    for row in catch.to_dict("records"):
        high, low = row["upper"], row["lower"]
        if row["correct_response"] == "lower":
            high, low = low, high
        assert high in [row[c] for c in RIGHT_COLUMNS]
        assert low in [row[c] for c in LEFT_COLUMNS]
    check_catch_trials(trials, "")


@pytest.mark.parametrize("count", range(1, 10))
def test_natural_references_are_the_next_in_rank_to_the_queries(demo, count):
    demo["parts"][1]["scheme"] = f"Min-Max-{count}"
    study = Study.model_validate(demo)
    trials = build_participant(study, unit_table(study), 1)
    check_catch_trials(trials, "")
    rows = trials[(trials.condition == "natural") & ~trials["catch"]].to_dict("records")
    for row in rows:
        batch = f"stimuli/natural/{row['unit']}/batch_{row['batch']:02d}"
        left = [row[c] for c in LEFT_COLUMNS[:count]]
        right = [row[c] for c in RIGHT_COLUMNS[:count]]
        assert left == [f"{batch}/min_{i}.png" for i in range(1, count + 1)]
        assert right == [f"{batch}/max_{i}.png" for i in range(9 - count, 9)]
        assert pd.isna([row[c] for c in LEFT_COLUMNS[count:]]).all()
        assert (row["n_references"], row["scheme"]) == (count, f"Min-Max-{count}")


def conditions_of(demo: dict, references: dict) -> pd.DataFrame:
    """Trials of the demo with other kinds, all of them shown."""
    demo["references"] = references
    demo["parts"][1] |= {"conditions": list(references), "scheme": "Min-Max-4"}
    demo["natural"] |= {"bins": 5, "batches": len(references) + 2}
    demo["batches"] = {"offset": {name: 1 + i for i, name in enumerate(references)}}
    demo["practice"] = {"draw": "random"}
    demo["rated"], demo["intuitiveness"] = list(references)[:2], ["end"]
    demo["units"]["intuitiveness"] = ["block05_0003"]
    study = Study.model_validate(demo)
    trials = build_participant(study, unit_table(study), 1)
    check_catch_trials(trials, "")
    return trials


def test_each_kind_has_its_images_under_its_own_name(demo):
    trials = conditions_of(
        demo,
        {
            "photos": {"kind": "photographs"},
            "maco": {"kind": "visualisation", "method": "maco", "images": 5},
            "theirs": {"kind": "files", "images": 9},
            "accentuated": {"kind": "accentuation", "of": "photos"},
            "crops": {"kind": "crops", "of": "accentuated"},
            "close-ups": {"kind": "crops", "of": "theirs", "side": 48},
        },
    )
    # Visualisations leave the first min image out where all but one are shown, as published.
    batched, firsts = ("photos", "accentuated", "crops"), {"maco": 1, "theirs": 0, "close-ups": 0}
    shown = trials[~trials["catch"] & (trials.phase == "main") & trials.left_1.notna()]
    assert set(shown.condition) == {*batched, *firsts}
    for row in shown.to_dict("records"):
        batch = f"{row['unit']}/batch_{row['batch']:02d}"
        folder = (
            f"stimuli/{row['condition']}/{batch if row['condition'] in batched else row['unit']}"
        )
        first = firsts.get(row["condition"], 1)
        assert [row[c] for c in LEFT_COLUMNS[:4]] == [
            f"{folder}/min_{rank}.png" for rank in range(first, first + 4)
        ]
        assert [row[c] for c in RIGHT_COLUMNS[:4]] == [
            f"{folder}/max_{rank}.png" for rank in range(4)
        ]
        queries = {f"stimuli/photos/{batch}/{name}.png" for name in ("min_0", "max_4")}
        assert {row["upper"], row["lower"]} == queries
    rated = trials[trials.phase == "intuitiveness"].iloc[0]
    assert (rated.left_title, rated.right_title) == ("photos", "maco")
    assert rated.n_references == 4
    assert rated.left_4 == "stimuli/photos/block05_0003/batch_00/max_3.png"
    assert rated.right_4 == "stimuli/maco/block05_0003/max_3.png"


def test_queries_are_photographs_where_references_are_none(demo):
    kinds = {"theirs": {"kind": "files", "images": 4}, "crops": {"kind": "crops", "of": "theirs"}}
    trials = conditions_of(demo, kinds)
    asked = trials[~trials["catch"] & (trials.phase != "intuitiveness")]
    assert asked.upper.str.startswith("stimuli/queries/").all()
    assert asked.lower.str.startswith("stimuli/queries/").all()
    catch = trials[trials["catch"]]
    assert not catch.upper.str.startswith("stimuli/queries/").any()


def test_mixed_references_may_be_of_any_two_kinds(demo):
    kinds = {
        "theirs": {"kind": "files", "images": 4},
        "crops": {"kind": "crops", "of": "theirs"},
        "half": {"kind": "mixed", "of": ["crops", "theirs"]},
    }
    trials = conditions_of(demo, kinds)
    for row in trials[trials.condition == "half"].to_dict("records"):
        for columns in (LEFT_COLUMNS, RIGHT_COLUMNS):
            assert sorted(kinds_of(row, columns)) == ["crops", "crops", "theirs", "theirs"]
