"""Power in sentences, what a preregistration says, and what the commands write."""

import numpy as np
import pandas as pd
import pytest

from analysis.planning.power.asked_for import Simulated
from analysis.planning.power.primary_tests import POPULATIONS
from analysis.planning.power.sentences import power_sentences
from analysis.planning.power.table import POWER_TABLE
from analysis.planning.preregistration import assumed, confounds_of, preregistration
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS
from analysis.statistics.models.simulated_studies import Plan
from analysis.statistics.models.variance_components import PUBLISHED
from conditions.folder import open_study
from conditions.study.asked.questions import Analysis
from conditions.study.study import Study
from conditions.tables.files import read_table
from tests.analysis.simulated import simulate_study
from tests.conftest import in_process


def table_of(powers: dict[int, float], equivalent: float = np.nan) -> pd.DataFrame:
    rows = [
        (n, 45, 45, over, 0.9, 0.8, 1000, p, p - 0.02, p + 0.02, 0.04, 0.045, equivalent)
        for n, p in powers.items()
        for over in POPULATIONS
    ]
    return pd.DataFrame(rows, columns=POWER_TABLE.column_names)


def test_sentences_name_the_fewest_participants_with_enough_power():
    table, plan = table_of({4: 0.02, 8: 0.7, 12: 0.93, 16: 0.98}), Plan(PUBLISHED, (0.9, 0.8), 45)
    first, *more = power_sentences(table, plan, ("natural", "synthetic"), 45, BOTH)
    assert first.startswith("With 12 participants and 45 main trials in each condition on 45 units")
    assert "93.0 % for other participants and other units (95 % interval 91.0 to 95.0 %" in first
    assert "10.0 percentage points between natural (90.0 %) and synthetic (80.0 %)" in first
    assert "Experiment I (Borowski et al. 2021) (10 participants, 900 trials)" in more[0]
    assert "participants 0 (at its bound)" in more[0]
    asked = power_sentences(table, plan, ("natural", "synthetic"), 45, BOTH, participants=8)
    assert asked[0].startswith("With 8 participants")


def test_sentences_say_that_power_is_too_small_and_how_often_equivalence_is_shown():
    table = table_of({8: 0.3, 12: 0.4}, equivalent=0.25)
    _, none, equivalent, *_ = power_sentences(
        table, Plan(PUBLISHED, (0.9, 0.8), 45), ("natural", "synthetic"), 45, PARTICIPANTS
    )
    assert "No simulated number of participants reaches a power of 90 %" in none
    assert "other participants, these units" in none
    assert "25.0 % of the studies show that it is smaller" in equivalent


@pytest.mark.slow
def test_the_command_takes_a_pilot_and_writes_table_figure_and_sentence(tmp_path):
    folder = open_study("demo", tmp_path)
    simulate_study(folder, 8)
    options = ["--sample-sizes", "8,12", "--trials", "6", "--simulations", "200"]
    done = in_process("analysis", "power", str(folder.path), "--pilot", str(folder.path), *options)
    assert done.returncode == 0, done.stderr
    assert "! No participants.tsv" in done.stdout
    out = folder.report / "power"
    table = read_table(out / "power.csv", POWER_TABLE)
    assert table["n_participants"].tolist() == [8, 12, 8, 12]
    assert "from demo (8 participants" in (out / "power.txt").read_text(encoding="utf-8")
    assert (out / "power.png").stat().st_size > 10_000
    done = in_process("analysis", "power", str(folder.path), "--effect", "big", *options)
    assert done.returncode == 2
    assert "--effect: found 'big'" in done.stderr


def with_analysis(study: Study, **analysis) -> Study:
    return Study.model_validate(
        study.model_dump(exclude={"analysis"}) | {"analysis": Analysis(**analysis)}
    )


def text_of(study: Study, sessions: int = 0, accuracy: tuple[float, float] = (0.9, 0.8)) -> str:
    plan = Plan(PUBLISHED, accuracy, 45)
    found = Simulated(("natural", "synthetic"), plan, table_of({8: 0.9}), ["?"])
    return "\n".join(preregistration(study, found, sessions))


def test_what_is_not_declared_is_said_to_be_the_default(study_folder):
    text = text_of(study_folder.study)
    assert "Primary question (by default; the study file declares none)" in text
    assert "(2) accuracy, synthetic minus none; (3) reaction time, natural minus synthetic" in text
    assert "None is declared (analysis: smallest_effect)" in text
    assert "Exclusions. None are declared" in text
    assert "25 trials, of which 18 are main trials on 6 units" in text


def test_what_is_declared_is_said(study_folder):
    study = with_analysis(
        study_folder.study,
        primary="synthetic - natural",
        smallest_effect=5,
        secondary=["learning", "rt: natural - synthetic"],
        correction="bonferroni",
        over=PARTICIPANTS,
    )
    text = text_of(study)
    assert "Primary question (declared in the study file)" in text
    assert "whether accuracy with synthetic and natural changes from block to block" in text
    assert "Bonferroni's correction" in text
    assert "The latter decides, as declared." in text
    assert "below 5 percentage points in either direction" in text


def test_a_published_difference_is_said_to_be_that_of_its_references(study_folder):
    for accuracy in (PUBLISHED.accuracy, PUBLISHED.accuracy[::-1]):
        text = text_of(study_folder.study, accuracy=accuracy)
        assert "nine references a pole (Min-Max-9)" in text.splitlines()[-1]


def test_a_plan_says_whether_there_are_data_already(study_folder):
    study = study_folder.study
    assert "There was no session in the study's folder" in text_of(study)
    assert "There was one session in" in text_of(study, sessions=1)
    assert "There were 7 sessions in the study's folder" in text_of(study, sessions=7)
    assert "it is no preregistration of what they show" in text_of(study, sessions=7)


def test_a_plan_says_which_query_is_on_top(study_folder):
    study = study_folder.study
    assert "Counterbalancing. The correct query is on top in half of" in text_of(study)
    tossed = study.model_copy(update={"sides": "tossed"})
    assert "Counterbalancing. Which query is on top is tossed" in text_of(tossed)


def test_power_is_that_at_the_smallest_effect_where_one_is_declared(study_folder):
    study = study_folder.study
    assert assumed(study, None) is None
    declared = with_analysis(study, smallest_effect=5)
    assert assumed(declared, None) == "5"
    assert assumed(declared, "published") == "published"


@pytest.mark.slow
def test_the_command_writes_the_plan_of_a_study(tmp_path):
    folder = open_study("demo", tmp_path)
    file = folder.path / "study.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "analysis: {smallest_effect: 12}\n", encoding="utf-8")
    options = ["--sample-sizes", "12", "--simulations", "100"]
    done = in_process("analysis", "plan", str(folder.path), *options)
    assert done.returncode == 0, done.stderr
    written = (folder.report / "plan" / "plan.txt").read_text(encoding="utf-8")
    assert written.split("\n\n")[0] in done.stdout
    assert "With 12 participants and 6 main trials in each condition on 6 units" in written
    assert "a difference of 12.0 percentage points between natural (94.0 %)" in written
    assert "smaller than the smallest that matters" in written
    assert "The difference is the smallest that matters, as declared." in written
    assert len(read_table(folder.report / "plan" / "power.csv", POWER_TABLE)) == 2


def test_the_plan_says_what_the_design_cannot_tell_apart(tmp_path):
    confounded = confounds_of(open_study("experiment_2", tmp_path, make=False))
    assert any(text.startswith("Confounded: the batch tells the cond") for text in confounded)
    folder = open_study("demo", tmp_path, make=False)
    found = Simulated(
        ("natural", "synthetic"), Plan(PUBLISHED, (0.9, 0.8), 45), table_of({8: 1}), []
    )
    paragraphs = preregistration(folder.study, found, 0, confounds_of(folder))
    (told,) = (text for text in paragraphs if text.startswith("Counterbalancing."))
    assert told.endswith(
        "No confounds were found. By design: place in the session 1: only condition none."
    )
