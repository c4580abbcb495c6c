"""Interactions, trends and learning: known ones are found again, and sparse data says nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pingouin
import pytest

from analysis.data.dataset import Dataset, no_ratings, tidy
from analysis.statistics.answering.interactions import scheme_contrasts
from analysis.statistics.answering.slopes import across_levels, group_test, line_over_units, mean_of
from analysis.statistics.answering.trends import TREND_MEASURES, trends_table
from tests.analysis.simulated import dataset_of_kinds

SCHEMES = ("Max-1", "Min-Max-1", "Max-9", "Min-Max-9")
KEY = ["question", "measure", "factor", "over", "comparison"]


def dataset_with_schemes(chance, people: int = 20, layers: int = 5, seed: int = 1) -> Dataset:
    """Each participant meets 40 units in two conditions, a scheme and block after another.

    ``chance`` gives the probability of a correct answer by condition, scheme, layer and block.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for participant in range(1, people + 1):
        for scheme in SCHEMES:
            for turn, unit in enumerate(rng.permutation(40)):
                for block, condition in enumerate(("natural", "synthetic")):
                    layer, half = unit % layers, turn // 20
                    p = chance(condition, scheme, layer, half)
                    rows.append(
                        {
                            "participant": participant,
                            "scheme": scheme,
                            "condition": condition,
                            "block": 10 * SCHEMES.index(scheme) + 2 * half + block,
                            "unit": f"unit {unit}",
                            "layer": f"block{layer + 8}",
                            "branch": f"branch {unit // 10}",
                            "correct": rng.random() < p,
                        }
                    )
    frame = pd.DataFrame(rows).sort_values(["participant", "block"], kind="stable")
    frame["trial"] = frame.groupby("participant").cumcount()
    facts = {"experiment": "x", "session": 1, "phase": "main", "catch": False, "rt": 2.0}
    frame = frame.assign(**facts, confidence=2, timed_out=False, repeat_of=None, onset=None)
    empty = dict.fromkeys(("expertise", "pick", "batch", "response"))
    return Dataset("x", "x", tidy(frame.assign(**empty)), no_ratings())


def test_known_interactions_and_slopes_are_found():
    def chance(condition, scheme, layer, half):
        better = 0.05 if scheme.endswith("1") else 0.25
        return 0.5 + (condition == "natural") * better + 0.04 * layer + 0.05 * half

    table = trends_table(dataset_with_schemes(chance)).set_index(KEY)
    expected = {
        ("interaction", "references", "9 - 1 references (natural - synthetic)"): 0.2,
        ("interaction", "poles", "both poles - one pole (natural - synthetic)"): 0.0,
        ("interaction", "scheme", "Max-9 - Min-Max-1 (natural - synthetic)"): 0.2,
        ("references", "references", "9 - 1 references (natural)"): 0.2,
        ("references", "references", "9 - 1 references (synthetic)"): 0.0,
        ("layer", "layer", "slope (synthetic)"): 0.04,
        ("layer", "layer", "slope (natural - synthetic)"): 0.0,
        ("learning", "turn", "slope (natural)"): 0.05,
        ("learning", "turn", "slope (natural - synthetic)"): 0.0,
        ("learning", "scheme_turn", "slope (synthetic)"): 0.0,
    }
    for (question, factor, comparison), truth in expected.items():
        for over in ("participants", "units") if question != "learning" else ("participants",):
            row = table.loc[question, "accuracy", factor, over, comparison]
            # Three half-widths, as there are many: each holds the truth in all but 0.1 % or so.
            middle, half = row["estimate"], (row["ci_high"] - row["ci_low"]) / 2
            assert abs(middle - truth) < 1.5 * half < 0.15
            assert (row["p"] < 1e-3) == (truth != 0)
    assert (table["p_holm"].dropna() >= table["p"].dropna() - 1e-12).all()


def test_layer_10_comes_after_layer_9_and_a_slope_is_from_one_layer_to_the_next():
    dataset = dataset_with_schemes(lambda *facts: float(facts[2] >= 2))
    table = trends_table(dataset).set_index(KEY)
    places = np.arange(5)
    expected = np.polyfit(places, places >= 2, 1)[0]
    for over in ("participants", "units"):
        row = table.loc["layer", "accuracy", "layer", over, "slope (natural)"]
        assert row["estimate"] == pytest.approx(expected)
    # All participants are the same: there is a slope, and nothing to test it with.
    row = table.loc["layer", "accuracy", "layer", "participants", "slope (natural)"]
    assert np.isnan(row["p"])


def test_three_numbers_of_references_have_a_slope_and_unmatched_schemes_no_contrast():
    wide = pd.DataFrame({"Max-1": [0.5, 0.4], "Max-2": [0.6, 0.6], "Max-4": [0.7, 0.8]})
    found = {words: values for _, words, values in scheme_contrasts(wide, list(wide))}
    assert found["4 - 1 references"].tolist() == pytest.approx([0.2, 0.4])
    assert found["slope for twice as many references"].tolist() == pytest.approx([0.1, 0.2])
    wide = pd.DataFrame({"Max-1": [0.5], "Min-Max-9": [0.6], "own": [0.7]})
    factors = [factor for factor, _, _ in scheme_contrasts(wide, list(wide))]
    assert factors == ["scheme"] * 3


def test_branches_that_differ_are_found_over_participants_and_units():
    rng = np.random.default_rng(4)
    wide = pd.DataFrame(rng.random((20, 4)) + np.arange(4) / 3, columns=list("abcd"))
    wide.iloc[0, 0] = np.nan
    found = across_levels(wide)
    assert (found.n, found.p < 1e-6, found.effect > 0.4) == (19, True, True)
    long = wide.melt(var_name="group").dropna()
    found = group_test(long["value"], long["group"])
    assert (found.n, found.p < 1e-6, found.effect > 0.3) == (79, True, True)


def test_the_mean_of_contrasts_is_tested_as_pingouin_does():
    values = pd.Series(np.random.default_rng(6).normal(0.3, 1, 12))
    found, known = mean_of(values), pingouin.ttest(values, 0).iloc[0]
    assert (found.n, found.df) == (12, known["dof"])
    assert found.p == pytest.approx(known["p_val"])
    assert found.effect == pytest.approx(known["cohen_d"])
    assert [found.low, found.high] == pytest.approx(list(known["CI95"]), abs=0.006)


def test_chance_alone_is_called_a_trend_in_one_of_twenty():
    rng = np.random.default_rng(5)
    x = pd.Series(np.arange(40) % 5)
    p = [line_over_units(pd.Series(rng.random(40)), x).p for _ in range(400)]
    p_friedman = [across_levels(pd.DataFrame(rng.random((10, 4)))).p for _ in range(100)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.033)
    assert np.mean(np.array(p_friedman) < 0.05) == pytest.approx(0.05, abs=0.065)


SPARSE = {
    "one participant": lambda t: t[t["participant"] == 1],
    "one unit": lambda t: t[t["unit"] == t["unit"].iloc[0]],
    "one condition": lambda t: t[t["condition"] == "natural"],
    "all right": lambda t: t.assign(correct=True),
    "no times, no confidence": lambda t: t.assign(
        rt=np.nan, confidence=t["confidence"].mask(t["trial"] >= 0)
    ),
    "no layers": lambda t: t.assign(layer=None, branch=None),
    "a condition that most lack": lambda t: t[
        (t["condition"] == "natural") | (t["participant"] < 2)
    ],
    "one trial": lambda t: t.head(1),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SPARSE)
def test_sparse_data_gives_rows_without_numbers_and_no_warning(name, experiment_1):
    trials = SPARSE[name](experiment_1.trials[experiment_1.trials["phase"] == "main"])
    table = trends_table(replace(experiment_1, trials=trials.copy()))
    if name in ("one participant", "one trial"):
        assert table.loc[table["over"] == "participants", "p"].isna().all()
    if name == "no times, no confidence":
        assert set(table["measure"]) == {"accuracy"}
    assert set(table["measure"]) <= {measure.name for measure in TREND_MEASURES}


def test_names_of_conditions_are_any_text():
    dataset = dataset_of_kinds({'it\'s "a" - b': 2.0, "x (y)": 1.0}, 5, 12)
    trials = dataset.trials.assign(layer=["a1", "a2"] * 60)
    table = trends_table(replace(dataset, trials=trials))
    assert 'slope (it\'s "a" - b - x (y))' in set(table["comparison"])
