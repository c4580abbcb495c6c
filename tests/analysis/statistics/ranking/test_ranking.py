"""The ranking of kinds: numbers by hand, false alarms, and studies in which things are missing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.data.kinds import Kinds
from analysis.data.machine import Machine
from analysis.figures import ranking as ranking_figure
from analysis.statistics.inference.crossed import crossed_mean
from analysis.statistics.inference.rank_tests import holm
from analysis.statistics.models.simulated_studies import Plan
from analysis.statistics.models.variance_components import PUBLISHED
from analysis.statistics.ranking.answers import answers_of_machine, answers_of_people, image_sets
from analysis.statistics.ranking.needed import Needed, needed
from analysis.statistics.ranking.ranked import better, rank, rank_study, usual_baseline
from analysis.statistics.ranking.table import RANKING_TABLE, UNDECIDED, YES
from analysis.writing.ranking import ranking_method, ranking_sentences
from tests.analysis.simulated import answers_of_kinds, dataset_of_kinds

ODDS = {"photos": 2.0, "fourier": 0.3, "crops": 3.4, "none": 0.0}


@pytest.fixture(scope="module")
def dataset():
    return dataset_of_kinds(ODDS, participants=12, units=30)


@pytest.fixture(scope="module")
def ranking(dataset):
    return rank_study(dataset, [], dataset.kinds, "photos", "kinds")


def row_of(ranking, condition: str, measure: str = "accuracy") -> pd.Series:
    return ranking.rows("people", measure).set_index("condition").loc[condition]


def test_a_row_has_the_numbers_of_the_trials(dataset, ranking):
    main = dataset.main.assign(y=dataset.main["correct"].astype(float))
    wide = {
        c: rows.pivot(index="participant", columns="unit", values="y")
        for c, rows in main.groupby("condition")
    }
    found = row_of(ranking, "fourier")
    expected = crossed_mean((wide["fourier"] - wide["photos"]).to_numpy())
    against_none = crossed_mean((wide["fourier"] - wide["none"]).to_numpy())
    assert found["mean"] == pytest.approx(main[main["condition"] == "fourier"]["y"].mean())
    assert found["baseline_difference"] == pytest.approx(float(expected.mean))
    assert found["baseline_low"] == pytest.approx(float(expected.low))
    assert found["none_p"] == pytest.approx(float(against_none.p))
    p_values = [row_of(ranking, name)["baseline_p"] for name in ("fourier", "crops")]
    assert found["baseline_p_holm"] == pytest.approx(holm(np.array(p_values))[0])
    assert (found["n_participants"], found["n_units"], found["n_trials"]) == (12, 30, 360)
    assert found["baseline_over"] == "participants and units"


def test_kinds_are_placed_and_judged(ranking):
    places = ranking.rows("people").set_index("condition")["place"]
    assert places.dropna().to_dict() == {"photos": 2, "fourier": 3, "crops": 1}
    assert row_of(ranking, "crops")["better"] == YES
    assert row_of(ranking, "fourier")["better"] == "no"
    for name in ("photos", "none"):
        assert pd.isna(row_of(ranking, name)["better"])
        assert np.isnan(row_of(ranking, name)["baseline_difference"])
    assert ranking.kinds == ["photos", "fourier", "crops"]


def test_what_is_better_is_said_after_the_correction():
    odds = {"photos": 1.0, "fourier": 1.0, "crops": 1.7, "maco": 1.0}
    data = dataset_of_kinds(odds, participants=8, units=20, seed=18)
    found = row_of(rank([answers_of_people(data)], list(odds), "photos", "kinds"), "crops")
    assert found["baseline_low"] > 0
    assert found["baseline_p"] < 0.05 < found["baseline_p_holm"]
    assert found["better"] == UNDECIDED


def test_times_and_confidence_are_compared_too(dataset, ranking):
    times = dataset.main.groupby("condition")["rt"].mean()
    found = row_of(ranking, "crops", "rt")
    assert found["baseline_difference"] == pytest.approx(times["crops"] - times["photos"])
    assert found["baseline_p_holm"] < 0.001
    assert pd.isna(found["better"])
    assert row_of(ranking, "crops", "confidence")["none_difference"] > 0


def test_another_baseline_turns_the_differences(dataset, ranking):
    turned = rank_study(dataset, [], dataset.kinds, "crops", "kinds")
    found, before = row_of(turned, "photos"), row_of(ranking, "crops")
    assert found["baseline_difference"] == pytest.approx(-before["baseline_difference"])
    assert found["baseline_p"] == pytest.approx(before["baseline_p"])
    assert found["better"] == "no"


@pytest.mark.parametrize(
    ("kinds", "participants", "units"), [(5, 10, 45), (6, 16, 12), (5, 24, 30)]
)
def test_where_nothing_differs_few_studies_find_a_better_kind(kinds, participants, units):
    """The familywise error over all kinds that are compared with the baseline."""
    simulated = answers_of_kinds([2.2] * kinds, participants, units, 1000, seed=1)
    found = crossed_mean(simulated[:, 1:] - simulated[:, :1])
    judged = [
        [better(mean, p) for mean, p in zip(means, holm(p_values), strict=True)]
        for means, p_values in zip(found.mean, found.p, strict=True)
    ]
    wrong = np.mean([YES in study for study in judged])
    wrong_either_way = np.mean([set(study) != {UNDECIDED} for study in judged])
    assert wrong <= 0.05
    assert wrong_either_way <= stats.binom.ppf(0.975, 1000, 0.05) / 1000


@pytest.mark.parametrize("names", [["crops"], list("abcdefgh")])
def test_any_number_of_kinds_without_none_is_ranked(names):
    data = dataset_of_kinds(dict.fromkeys(names, 1.5), participants=4, units=5)
    assert data.conditions == names
    assert usual_baseline(data.kinds, data.conditions) == names[0]
    table = rank([answers_of_people(data)], names, names[0], "kinds").table
    assert len(table) == 3 * len(names)
    assert table["none_p"].isna().all()
    assert RANKING_TABLE.column_names == list(table.columns)


@pytest.mark.parametrize(
    ("participants", "units", "over", "alone"),
    [(40, 1, "participants", "one unit"), (1, 40, "units", "one participant")],
)
@pytest.mark.parametrize("sign", [-1, 1])
def test_one_unit_or_one_person_decides_nothing(participants, units, over, alone, sign):
    odds = {"photos": -2.0 * sign, "crops": 2.0 * sign}
    data = dataset_of_kinds(odds, participants, units, seed=5)
    ranked = rank_study(data, [], data.kinds, "photos", "kinds")
    found = row_of(ranked, "crops")
    assert found["baseline_over"] == over
    assert found["baseline_p_holm"] < 0.001
    assert found["better"] == UNDECIDED
    assert found["would_take"] is None
    verdict = f"Better than photos: not decided, as {alone} says nothing of others."
    assert verdict in " ".join(ranking_sentences(ranked))


def test_at_the_ceiling_nothing_is_decided_and_no_interval_is_without_width():
    data = dataset_of_kinds({"photos": 40.0, "crops": 40.0, "blurry": -1.0}, 6, 8)
    ranked = rank_study(data, [], data.kinds, "photos", "kinds")
    found = row_of(ranked, "crops")
    assert found["baseline_difference"] == 0
    assert np.isnan(found[["baseline_low", "baseline_high", "baseline_p"]].to_numpy(float)).all()
    assert 0.5 < found["mean_low"] < 0.9
    assert found["mean_high"] == pytest.approx(1)
    assert found["better"] == UNDECIDED
    assert found["would_take"] is None
    # The others are corrected for their own number.
    other = row_of(ranked, "blurry")
    assert other["baseline_p_holm"] == other["baseline_p"]
    assert other["better"] == "no"


def test_kinds_that_nobody_met_on_the_same_unit_are_not_compared(dataset):
    main = dataset.main
    apart = main[(main["condition"] != "crops") | (main["participant"] < 6)]
    apart = apart[(apart["condition"] != "photos") | (apart["participant"] >= 6)]
    ranked = rank_study(replace(dataset, trials=apart), [], dataset.kinds, "photos", "kinds")
    found = row_of(ranked, "crops")
    assert found["baseline_cells"] == 0
    assert found["better"] == UNDECIDED
    sentences = " ".join(ranking_sentences(ranked))
    assert "Not compared with photos: nobody has answered a unit with both." in sentences


def test_cells_that_one_kind_lacks_do_not_count(dataset):
    seen = (dataset.main["condition"] != "crops") | (dataset.main["participant"] < 8)
    part = replace(dataset, trials=dataset.main[seen])
    found = row_of(rank_study(part, [], part.kinds, "photos", "kinds"), "crops")
    assert found["baseline_cells"] == 7 * 30
    photos = part.main[(part.main["condition"] == "photos") & (part.main["participant"] < 8)]
    crops = part.main[part.main["condition"] == "crops"]
    expected = crops["correct"].mean() - photos["correct"].mean()
    assert found["baseline_difference"] == pytest.approx(expected)


def machine(dataset, role: str = "observer") -> Machine:
    rng = np.random.default_rng(7)
    trials = dataset.main
    better_with = trials["condition"].map({"photos": 0.6, "fourier": 0.7, "crops": 0.5})
    return Machine(
        "net",
        role,
        trials.assign(p_correct=better_with.fillna(0.5) + rng.normal(0, 0.05, len(trials))),
    )


def test_machines_stand_beside_people_but_for_the_ceiling(dataset):
    net, ceiling = machine(dataset), replace(machine(dataset, "ceiling"), name="oracle")
    found = rank_study(dataset, [net, ceiling], dataset.kinds, "photos", "kinds")
    assert found.observers == ["people", "net"]
    rows = found.rows("net").set_index("condition")
    assert rows["better"].dropna().to_dict() == {"fourier": YES, "crops": "no"}
    assert rows["would_take"].isna().all()
    assert found.rows("net", "rt").empty
    part = dataset.main[dataset.main["condition"] != "crops"]
    fewer = rank_study(replace(dataset, trials=part), [net], dataset.kinds, "photos", "kinds")
    figure = ranking_figure.draw(fewer, dataset.kinds)
    shown = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert shown == ["photos", "fourier", "crops", "none"]
    alone = rank_study(None, [net], dataset.kinds, "photos", "kinds")
    assert alone.observers == ["net"]


def test_kinds_that_were_shown_with_other_schemes_are_named(dataset, ranking):
    """A difference of theirs is one of schemes, too."""
    crops = dataset.trials["condition"] == "crops"
    trials = dataset.trials.assign(scheme=dataset.trials["scheme"].mask(crops, "Max-1"))
    found = rank_study(replace(dataset, trials=trials), [], dataset.kinds, "photos", "kinds")
    assert "(Min-Max-9: photos and fourier; Max-1: crops)" in ranking_method(found)
    assert "scheme" not in ranking_method(ranking)


def test_participants_who_saw_the_same_images_are_one_to_a_machine(dataset):
    main = dataset.main.assign(batch=dataset.main["participant"] % 4)
    sets = image_sets(main)
    assert sets.nunique() == 4
    assert (sets.groupby(sets.index % 4).nunique() == 1).all()
    copies = Machine(
        "net", "observer", main.assign(phase="main", p_correct=0.6 + main["batch"] / 20)
    )
    found = rank([answers_of_machine(copies)], ["photos", "crops"], "photos", "kinds")
    assert found.rows("net")["n_participants"].tolist() == [4, 4]


def test_the_baseline_is_the_photographs_where_they_are_shown(dataset):
    kinds = Kinds({"fourier": "", "photos": ""}, photographs="photos")
    assert usual_baseline(kinds, ["fourier", "photos", "none"]) == "photos"
    assert usual_baseline(kinds, ["fourier", "none"]) == "fourier"
    assert usual_baseline(kinds, ["none"]) is None


def sized(accuracy: tuple[float, float], participants: int, units: int, **spread: float) -> Needed:
    components = replace(PUBLISHED, **spread)
    plan = Plan(components, accuracy, units)
    return needed(plan, participants, 1.0, 1, 0.05, 1, "test")


def test_a_larger_difference_takes_fewer_participants():
    large, small = (sized((0.6 + d, 0.6), 4, 30, unit_by_condition=0.1) for d in (0.2, 0.12))
    assert large.participants is not None
    assert small.participants is not None
    assert large.participants < small.participants


def test_where_units_decide_no_number_of_participants_does():
    few = sized((0.8, 0.7), 30, 8, unit_by_condition=1.0)
    assert (few.participants, few.endless) == (None, False)
    assert few.units is not None
    assert few.units > 8


def test_a_small_difference_on_like_units_takes_many_participants():
    found = sized((0.705, 0.7), 10, 6, unit_by_condition=0.0, unit=0.1)
    assert found == Needed(endless=True)


def test_an_undecided_kind_says_what_it_would_take():
    data = dataset_of_kinds({"photos": 1.0, "crops": 1.5}, 6, 20, seed=3)
    found = row_of(rank_study(data, [], data.kinds, "photos", "kinds"), "crops")
    assert found["better"] == UNDECIDED
    assert "participants" in found["would_take"]


def test_answers_of_people_are_main_trials(dataset):
    answered = answers_of_people(dataset)
    assert len(answered.trials) == len(dataset.main)
    assert answered.cells("crops", "accuracy").shape == (12, 30)
