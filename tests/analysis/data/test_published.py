"""Released files: what is read, and what is said of what does not fit."""

import shutil

import pandas as pd
import pytest

from analysis.data.published import load_published
from analysis.data.released_format import RATINGS_FILES, TRIALS_FILES
from analysis.data.tidy_table import TIDY
from conditions.errors import StudyError
from tests.analysis.released import released_experiment_2, write_released


@pytest.fixture
def first_rows(human_data, tmp_path):
    shutil.copy(human_data / "experiment_II_first_80_rows.csv", tmp_path / TRIALS_FILES["II"])
    shutil.copy(
        human_data / "experiment_II_intuitiveness_end_first_12_rows.csv",
        tmp_path / RATINGS_FILES["II", "end"],
    )
    return tmp_path


def test_the_first_rows_of_experiment_2_are_read(first_rows):
    (dataset,) = load_published(first_rows)
    TIDY.schema().validate(dataset.trials)
    assert dataset.experiment == "II"
    assert dataset.schemes == ["Max-1", "Min-Max-1"]
    assert dataset.expertises == ["expert"]
    assert len(dataset.trials) == 80
    assert dataset.trials["catch"].sum() == 12
    assert set(dataset.trials["layer"]) == {"mixed3a", "mixed4a", "mixed4c", "mixed4e", "mixed5b"}
    assert (dataset.trials["batch"][dataset.trials["phase"] == "practice"] == 0).all()
    first = dataset.trials.iloc[0]
    assert (first["condition"], first["unit"], first["confidence"]) == (
        "synthetic",
        "mixed4e 3x3 (block f)",
        2,
    )
    assert set(dataset.ratings["participant"]) == {15, 22, 17, 11}
    assert any("beginning" in remark for remark in dataset.remarks)


def test_experts_and_lay_people_with_the_same_number_are_two_participants(experiment_2):
    assert len(experiment_2.participants) == 23
    people = experiment_2.trials.drop_duplicates("participant")["expertise"].value_counts()
    assert people.to_dict() == {"naive": 13, "expert": 10}


def test_the_whole_experiment_2_has_its_sizes(experiment_2):
    assert len(experiment_2.trials) == 23 * 216
    assert len(experiment_2.main) == 23 * 160
    assert experiment_2.schemes == ["Max-1", "Min-Max-1", "Max-9", "Min-Max-9"]
    main = experiment_2.main
    sizes = main.groupby(["participant", "scheme", "condition"]).size()
    assert (sizes == 20).all()
    assert main["unit"].nunique() == 80
    assert set(main["turn"]) == {1, 2}
    assert set(main["scheme_turn"]) == {1, 2, 3, 4}
    # Natural first where (p − 1) div 4 is even.
    firsts = main.groupby("participant")["first_condition"].unique()
    assert firsts[4] == ["natural"]
    assert firsts[5] == ["synthetic"]


def test_a_folder_may_hold_both_experiments(first_rows, human_data):
    for name in (TRIALS_FILES["I"], RATINGS_FILES["I", "beginning"]):
        shutil.copy(human_data / name, first_rows / name)
    assert [dataset.experiment for dataset in load_published(first_rows)] == ["I", "II"]


def test_repeats_point_to_the_trial_that_they_repeat(experiment_1):
    trials = experiment_1.trials.set_index(["participant", "trial"])
    repeats = experiment_1.trials[experiment_1.trials["phase"] == "repeat"]
    for repeat in repeats.itertuples():
        first = trials.loc[(repeat.participant, repeat.repeat_of)]
        assert (first["unit"], first["condition"], first["baseline"]) == (
            repeat.unit,
            repeat.condition,
            repeat.baseline,
        )


@pytest.fixture
def small_release(tmp_path):
    return released_experiment_2(experts=1, naive=0).head(60), tmp_path / TRIALS_FILES["II"]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("RT", "fast", "row 7, column RT: found 'fast', wanted a number"),
        ("conf_rating", "4", "row 7, column conf_rating: found 4, wanted a whole number from -3"),
        ("instr_type", "photo", "row 7, column instr_type: found 'photo', wanted one of natural"),
        ("subject_id", "", "row 7, column subject_id: found empty, wanted a whole number"),
        ("correct", "1", "row 7, column correct: found '1', wanted true/false"),
        ("layer", "layer_9", "row 7, column layer: found 'layer_9', wanted layer_0"),
        ("kernel_size", "4", "row 7, column kernel_size: found '4', wanted 0, 1, 2, 3"),
        ("layer", "layer_0\nx", "row 7, column layer: found 'layer_0\\nx', wanted layer_0 … lay"),
        ("channel", "", "row 7, column channel: found empty, wanted channel_0, channel_1, or"),
        ("batch_block", "ab", "row 7, column batch_block: found 'ab', wanted a letter"),
        ("trial_nr", "3", "row 7: subject_id 1, trial_nr 3 occurs more than once"),
        ("trial_nr", "9" * 30, "row 7, column trial_nr: found '9999"),
        ("RT", "inf", "row 7, column RT: found 'inf', wanted a number"),
    ],
)
def test_a_misfit_names_file_row_column_and_what_is_wanted(small_release, column, value, words):
    frame, path = small_release
    frame = frame.astype({column: object})
    frame.loc[5, column] = value
    write_released(frame, path)
    with pytest.raises(StudyError) as error:
        load_published(path.parent)
    assert f"{path}: {words}" in str(error.value)


def test_spaces_around_words_and_what_a_spreadsheet_leaves_mean_nothing(small_release):
    frame, path = small_release
    write_released(frame, path)
    (expected,) = load_published(path.parent)
    for name in ("layer", "channel", "batch_block", "instr_type", "response"):
        frame[name] = " " + frame[name] + " "
    frame.to_csv(path, index=False, sep=";", encoding="utf-16")
    (found,) = load_published(path.parent)
    pd.testing.assert_frame_equal(found.trials, expected.trials)


def test_misfits_of_several_columns_are_told_together(small_release):
    frame, path = small_release
    frame.loc[5, "layer"], frame.loc[8, "channel"] = "4", "channel_2"
    frame.loc[9, "instr_type"] = "photo"
    write_released(frame, path)
    with pytest.raises(StudyError) as error:
        load_published(path.parent)
    said = str(error.value).splitlines()
    assert [line.split(": ")[1] for line in said] == [
        "row 7, column layer",
        "row 10, column channel",
        "row 11, column instr_type",
    ]


def test_a_missing_column_is_named(small_release):
    frame, path = small_release
    write_released(frame.drop(columns=["RT", "expert_level"]), path)
    with pytest.raises(StudyError, match=r"missing RT, expert_level; unknown"):
        load_published(path.parent)


def test_an_empty_file_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(StudyError, match="no released trials; wanted experiment_I_main"):
        load_published(tmp_path)
    (tmp_path / TRIALS_FILES["I"]).write_text("")
    with pytest.raises(StudyError, match="not a readable table"):
        load_published(tmp_path)
    with pytest.raises(StudyError, match="no such folder"):
        load_published(tmp_path / "nowhere")


def test_an_unanswered_trial_counts_neither_way(small_release):
    frame, path = small_release
    row = frame.index[(frame["trial_type"] == "main") & ~frame["catch_trial"]][0]
    gaps = ["correct", "conf_rating", "RT", "response", "abs_conf_rating"]
    frame = frame.astype(dict.fromkeys(gaps, object))
    frame.loc[row, gaps] = None
    frame.loc[row, "timeout"] = True
    write_released(frame, path)
    (dataset,) = load_published(path.parent)
    everything = (frame["trial_type"] == "main") & ~frame["catch_trial"]
    assert len(dataset.main) == everything.sum() - 1
    assert any("1 trials have no answer" in remark for remark in dataset.remarks)


def test_a_missing_rating_is_left_out_and_told(first_rows):
    path = first_rows / RATINGS_FILES["II", "end"]
    frame = pd.read_csv(path).astype({"rating": object})
    frame.loc[2, "rating"] = None
    write_released(frame, path)
    (dataset,) = load_published(first_rows)
    assert len(dataset.ratings) == 11
    assert any("1 trials of experiment_II_intuitiveness_end" in r for r in dataset.remarks)


def test_reaction_times_below_zero_are_told(experiment_1):
    assert any("reaction time of 0 s or less" in remark for remark in experiment_1.remarks)
    assert pd.Series(experiment_1.trials["rt"]).min() < 0


def test_trials_on_units_without_a_place_are_read_alone(human_data, tmp_path):
    name = TRIALS_FILES["I"]
    raw = pd.read_csv(human_data / name)
    raw[raw["trial_type"] == "practice"].to_csv(tmp_path / name, index=False)
    (dataset,) = load_published(tmp_path)
    assert dataset.main.empty
    assert dataset.trials["layer"].isna().all()
    assert dataset.trials["unit"].str.fullmatch(r"unit [a-z]").all()


def test_a_unit_is_all_numbers_or_all_letters(human_data, tmp_path):
    name = TRIALS_FILES["I"]
    raw = pd.read_csv(human_data / name).head(40)
    practice = raw.index[raw["layer"] == "layer_r"][0]
    raw.loc[practice, "layer"] = "layer_3"
    raw.to_csv(tmp_path / name, index=False)
    with pytest.raises(StudyError, match=f"row {practice + 2}: found layer layer_3, kernel_size r"):
        load_published(tmp_path)
