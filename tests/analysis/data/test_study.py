"""Sessions of a study folder become one tidy table."""

import numpy as np
import pytest

from analysis.data.study import load_study
from analysis.data.tidy_table import TIDY
from conditions.errors import StudyError
from conditions.provenance.runs import add_run
from conditions.tables.files import write_table
from conditions.tables.sessions import TRIALS
from tests.analysis.simulated import (
    simulate_session,
    simulate_study,
    write_ratings,
    write_session,
)


def test_two_sessions_become_one_table(study_folder):
    simulate_study(study_folder, 2, expertise=("expert", "lay"))
    write_ratings(study_folder, 1, {"beginning": [10, -20], "end": [30, 0]})
    dataset = load_study(study_folder)
    TIDY.schema().validate(dataset.trials)
    assert dataset.participants == [1, 2]
    assert dataset.conditions == ["natural", "synthetic", "none"]
    assert dataset.schemes == ["Min-Max-9"]
    assert dataset.expertises == ["expert", "lay"]
    assert len(dataset.main) == 36
    assert dataset.main["phase"].unique().tolist() == ["main"]
    assert not dataset.main["catch"].any()
    assert dataset.seed == study_folder.study.seed
    none = dataset.main[dataset.main["condition"] == "none"]
    assert set(none["baseline"]) == {"before"}
    assert set(none["scheme"]) == {"none"}
    # The demo begins with synthetic references for odd participants.
    firsts = dataset.main.groupby("participant")["first_condition"].first()
    assert firsts.to_dict() == {1: "synthetic", 2: "natural"}
    assert len(dataset.ratings) == 4


def test_blocks_of_a_condition_are_counted(study_folder):
    simulate_study(study_folder, 1)
    main = load_study(study_folder).main
    counts = main.groupby(["condition", "turn"]).size()
    assert counts.to_dict() == {
        ("natural", 1): 3,
        ("natural", 2): 3,
        ("none", 1): 6,
        ("synthetic", 1): 3,
        ("synthetic", 2): 3,
    }


def test_an_incomplete_session_and_one_without_trials_are_told(study_folder):
    simulate_study(study_folder, 3)
    path = study_folder.session(2) / "trials.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:8]))
    study_folder.session(9).mkdir()
    remarks = " ".join(load_study(study_folder).remarks)
    assert "Participant 2: Not complete: 7 of 25 trials are answered" in remarks
    assert "sub-009 has no trials.csv" in remarks


def test_answers_of_a_script_are_told(study_folder):
    session = simulate_session(study_folder.study, 1, np.random.default_rng(1))
    write_session(study_folder, session, observer="scripted")
    remarks = " ".join(load_study(study_folder).remarks)
    assert "Participant 1: The answers are those of the observer scripted, not of a" in remarks


def test_images_of_several_versions_are_told(study_folder):
    simulate_study(study_folder, 1)
    path = study_folder.stimuli / "synthetic" / "provenance.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    run = {"began_at": "2026-11-26T10:00:00+01:00", "code_sha256": "a" * 64}
    add_run(path, run)
    assert "versions" not in " ".join(load_study(study_folder).remarks)
    add_run(path, run | {"began_at": "2026-11-27T10:00:00+01:00", "code_sha256": "b" * 64})
    (remark,) = [text for text in load_study(study_folder).remarks if "versions" in text]
    assert remark == (
        "Images of synthetic were made by several versions of the laboratory or its libraries, and "
        "may differ for that alone (2026-11-26 10:00: code aaaaaaaa; 2026-11-27 10:00: code "
        "bbbbbbbb)."
    )


@pytest.mark.parametrize(
    ("line", "column", "value", "words"),
    [
        (3, "rt", "slow", "row 4, column rt: found 'slow', wanted a number"),
        (3, "correct", "yes", "row 4, column correct: found 'yes', wanted true/false"),
        (3, "confidence", "5", "row 4, column confidence: found 5, wanted a whole number from 1"),
        (3, "participant", "7", "row 4, column participant: found 7, wanted 1, as the folder says"),
    ],
)
def test_a_misfit_names_file_row_and_column(study_folder, line, column, value, words):
    simulate_study(study_folder, 1)
    path = study_folder.session(1) / "trials.csv"
    lines = path.read_text().split("\n")
    cells = lines[line].split(",")
    cells[TRIALS.column_names.index(column)] = value
    lines[line] = ",".join(cells)
    path.write_text("\n".join(lines))
    with pytest.raises(StudyError) as error:
        load_study(study_folder)
    assert f"{path}: {words}" in str(error.value)


def test_a_study_without_data_is_refused(study_folder):
    with pytest.raises(StudyError, match=r"no answered trials; wanted sub-001/trials\.csv"):
        load_study(study_folder)


def test_timed_out_trials_count_neither_way(study_folder):
    frame = simulate_session(study_folder.study, 1, np.random.default_rng(0))
    row = frame.index[(frame["phase"] == "main") & ~frame["catch"]][0]
    frame = frame.astype({"correct": object, "response": object, "confidence": object})
    frame.loc[row, ["correct", "response", "confidence", "rt", "confidence_rt"]] = None
    frame.loc[row, "timed_out"] = True
    write_table(frame, TRIALS, study_folder.session(1) / "trials.csv")
    dataset = load_study(study_folder)
    assert len(dataset.main) == 17
    assert any("1 trials passed their deadline" in remark for remark in dataset.remarks)
