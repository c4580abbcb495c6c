"""Declared exclusions: applied, listed, and nothing without a declaration."""

from dataclasses import replace

import pytest
import yaml
from pydantic import ValidationError

from analysis.data.exclude import checked_values, exclude
from analysis.data.study import load_study
from analysis.statistics.results import analyse
from analysis.writing.methods import RULES
from analysis.writing.report import write_report
from conditions.errors import StudyError
from conditions.folder import open_study
from conditions.study.exclusions import Exclusions
from tests.analysis.simulated import simulate_study


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = open_study("demo", tmp_path_factory.mktemp("studies"))
    simulate_study(folder, 4)
    return load_study(folder)


@pytest.fixture
def dataset(loaded):
    trials = loaded.trials.copy()
    # Participant 2 fails a catch trial, participant 3 always chooses the upper row, participant 4
    # answers one main trial far too fast.
    second = trials["participant"] == 2
    catch = trials.index[second & trials["catch"]][0]
    trials.loc[catch, "correct"] = False
    trials.loc[trials["participant"] == 3, "response"] = "upper"
    main = (trials["phase"] == "main") & ~trials["catch"]
    trials.loc[trials.index[(trials["participant"] == 4) & main][0], "rt"] = 0.05
    return replace(loaded, trials=trials)


def test_without_rules_nothing_is_left_out(dataset):
    kept, listed = exclude(dataset)
    assert listed.empty
    assert len(kept.trials) == len(dataset.trials)


@pytest.mark.parametrize(
    ("rules", "participant", "rule", "found"),
    [
        ({"min_catch_accuracy": 0.8}, 2, "min_catch_accuracy", 0.75),
        ({"max_same_answer_row": 0.95}, 3, "max_same_answer_row", 1.0),
    ],
)
def test_a_participant_who_misses_a_rule_is_left_out(dataset, rules, participant, rule, found):
    kept, listed = exclude(replace(dataset, exclusions=Exclusions(**rules)))
    assert sorted(set(dataset.participants) - set(kept.participants)) == [participant]
    (row,) = listed.to_dict("records")
    assert (row["participant"], row["rule"], row["found"]) == (participant, rule, found)
    assert (row["left_out"], row["n_trials"]) == ("participant", 18)


def test_total_time_is_from_the_first_onset_to_the_last_answer(dataset):
    values = checked_values(dataset.trials)["total_minutes"]
    one = dataset.trials[dataset.trials["participant"] == 1]
    seconds = one["onset"].max() + one["rt"].iloc[-1] - one["onset"].min()
    assert values[1] == pytest.approx(seconds / 60)
    slowest = values.idxmax()
    between = values.sort_values().iloc[-2:].mean()
    kept, listed = exclude(replace(dataset, exclusions=Exclusions(max_total_minutes=between)))
    assert slowest not in kept.participants
    assert len(listed) == 1


def test_fast_trials_are_left_out_alone(dataset):
    kept, listed = exclude(replace(dataset, exclusions=Exclusions(min_rt_s=0.1)))
    assert kept.participants == dataset.participants
    assert len(dataset.main) - len(kept.main) == 1
    (row,) = listed.to_dict("records")
    assert (row["participant"], row["found"], row["left_out"], row["n_trials"]) == (
        4,
        0.05,
        "trials",
        1,
    )


def test_slow_trials_are_left_out_alone(dataset):
    trials = dataset.trials.copy()
    main = (trials["phase"] == "main") & ~trials["catch"] & (trials["participant"] == 1)
    trials.loc[trials.index[main][:2], "rt"] = [5000.0, 4000.0]
    rules = Exclusions(min_rt_s=0.1, max_rt_s=500)
    kept, listed = exclude(replace(dataset, trials=trials, exclusions=rules))
    assert kept.participants == dataset.participants
    assert len(dataset.main) - len(kept.main) == 3
    rows = listed[["participant", "rule", "limit", "found", "n_trials"]].to_numpy().tolist()
    assert rows == [[4, "min_rt_s", 0.1, 0.05, 1], [1, "max_rt_s", 500, 5000.0, 2]]


def test_every_rule_has_words():
    assert set(RULES) == set(Exclusions.model_fields)


def test_results_are_with_and_without(dataset):
    results = analyse(replace(dataset, exclusions=Exclusions(min_catch_accuracy=0.9)))
    after = results.table("accuracy").set_index(["scheme", "condition"])
    before = results.table("accuracy_before_exclusions").set_index(["scheme", "condition"])
    assert after.loc[("all", "natural"), "n_participants"] == 3
    assert before.loc[("all", "natural"), "n_participants"] == 4
    assert set(results.table("exclusions")["participant"]) == {2}


def test_rules_of_the_study_file_reach_tables_page_and_methods(demo, tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.writing.report.write_figure", lambda figure, path: b"")
    demo["exclusions"] = {"max_total_minutes": 0.5}
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(demo), encoding="utf-8")
    folder = open_study(str(path), tmp_path / "studies")
    simulate_study(folder, 2)
    with pytest.raises(StudyError, match=r"leave no trials: max_total_minutes 0\.5"):
        analyse(load_study(folder))
    minutes = checked_values(load_study(folder).trials)["total_minutes"]
    demo["exclusions"]["max_total_minutes"] = float(minutes.mean())
    path.write_text(yaml.safe_dump(demo), encoding="utf-8")
    folder = open_study(str(path), tmp_path / "second")
    simulate_study(folder, 2)
    (result,) = write_report([load_study(folder)], folder.report, "title")
    out = int(minutes.idxmax())
    assert result.table("exclusions")["participant"].tolist() == [out]
    assert result.dataset.participants == [3 - out]
    text = "participants who took more than"
    assert text in (folder.report / "methods.txt").read_text()
    page = (folder.report / "report.html").read_text()
    assert text in page
    assert "without exclusions" in page


def test_rules_that_leave_nothing_are_refused(dataset):
    with pytest.raises(StudyError, match=r"exclusions leave no trials: max_rt_s 0\.001"):
        analyse(replace(dataset, exclusions=Exclusions(max_rt_s=0.001)))


@pytest.mark.parametrize(
    "rules",
    [
        {"min_catch_accuracy": 1.2},
        {"max_same_answer_row": 0.3},
        {"min_rt_s": 0},
        {"min_rt": 0.2},
        {"min_total_minutes": 30, "max_total_minutes": 20},
    ],
)
def test_senseless_rules_are_refused(rules):
    with pytest.raises(ValidationError):
        Exclusions(**rules)
