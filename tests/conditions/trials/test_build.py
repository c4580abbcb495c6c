"""Condition files: balance, order, images, and that they stay as they are."""

import json
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.check import check_catch_trials, images_of
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.seeds import named_rng
from conditions.strays import condition_files
from conditions.study.study import Study
from conditions.tables.condition_file import CONDITION_FILE, LEFT_COLUMNS, RIGHT_COLUMNS
from conditions.tables.files import cells, read_table, write_table
from conditions.tables.stimuli import UNITS
from conditions.trials.build import (
    as_csv,
    build_all,
    build_participant,
    file_hashes,
    table_of,
)
from conditions.trials.counterbalance import batch_of, block_sizes, deal_units, part_order
from conditions.trials.trials import participant_trials
from conditions.units.roster import roster_of
from conditions.units.table import unit_table


@pytest.fixture
def study(demo) -> Study:
    return Study.model_validate(demo)


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    """The demo's folder, with nothing in it but the study file."""
    return open_study("demo", tmp_path)


PARTICIPANTS = st.integers(1, 10_000)


def test_every_condition_shows_every_unit_once(study):
    units = unit_table(study)

    @settings(max_examples=25, deadline=None)
    @given(PARTICIPANTS)
    def check(participant: int) -> None:
        trials = build_participant(study, units, participant)
        main = trials[(trials.phase == "main") & ~trials["catch"]]
        for _, rows in main.groupby("condition"):
            assert sorted(rows.unit) == sorted(study.units.main)
        practice = trials[trials.phase == "practice"]
        assert sorted(practice.unit) == sorted(study.units.practice)
        assert Counter(trials[trials.catch].condition) == {"natural": 2, "synthetic": 2}
        check_catch_trials(trials, "")

    check()


def test_batches_differ_between_conditions_and_leave_the_first_to_practice(study):
    units = unit_table(study)

    @settings(max_examples=25, deadline=None)
    @given(PARTICIPANTS)
    def check(participant: int) -> None:
        trials = build_participant(study, units, participant)
        main = trials[(trials.phase == "main") & ~trials["catch"]]
        batches = {condition: set(rows.batch) for condition, rows in main.groupby("condition")}
        assert all(len(found) == 1 for found in batches.values())
        assert sorted(batch for found in batches.values() for batch in found) == [1, 2, 3]
        assert set(trials[trials.catch | (trials.phase == "practice")].batch) == {0}

    check()


def test_odd_participants_start_with_synthetic_and_even_ones_with_natural(study):
    units = unit_table(study)
    for participant, expected in ((1, "synthetic"), (2, "natural"), (3, "synthetic")):
        trials = build_participant(study, units, participant)
        blocks = trials[trials.block >= 4].drop_duplicates("block")["condition"].tolist()
        assert blocks[0] == expected
        assert len(set(blocks[:2])) == 2
        assert blocks[:2] == blocks[2:]


def test_references_of_a_trial_are_those_of_its_condition(study):
    trials = build_participant(study, unit_table(study), 1)
    for trial in trials[~trials.catch].itertuples():
        left = [getattr(trial, column) for column in LEFT_COLUMNS]
        right = [getattr(trial, column) for column in RIGHT_COLUMNS]
        batch = f"stimuli/natural/{trial.unit}/batch_{trial.batch:02d}"
        high, low = trial.upper, trial.lower
        if trial.correct_response == "lower":
            high, low = low, high
        assert (low, high) == (f"{batch}/min_0.png", f"{batch}/max_9.png")
        if trial.condition == "none":
            assert pd.isna(left + right).all()
            continue
        base = f"stimuli/synthetic/{trial.unit}" if trial.condition == "synthetic" else batch
        assert left == [f"{base}/min_{i}.png" for i in range(1, 10)]
        assert right == [f"{base}/max_{i}.png" for i in range(9)]


def test_the_correct_answer_is_above_as_often_as_below(study):
    units = unit_table(study)
    answers = pd.concat([build_participant(study, units, p) for p in range(1, 101)])
    share = (answers.correct_response == "upper").mean()
    # 2500 coin tosses: five standard errors either way.
    assert abs(share - 0.5) < 0.05


def test_another_participant_changes_nobody_elses_trials(folder):
    build_all(folder, [1, 2])
    before = {p: path.read_bytes() for p, path in condition_files(folder).items()}
    assert [path.name for path in build_all(folder, [1, 2, 3])] == ["participant-003.csv"]
    assert {p: folder.condition_file(p).read_bytes() for p in (1, 2)} == before


def test_the_bytes_are_the_same_each_time_and_anywhere(experiment_2, tmp_path):
    folders = [open_study("experiment_2", tmp_path / name) for name in ("here", "there")]
    build_all(folders[0], [1, 2, 3])
    # In another order, one by one, and after the units were written by the images' room.
    write_table(experiment_2.units, UNITS, folders[1].units_table)
    for participant in (3, 1, 2):
        build_all(folders[1], [participant])
    assert file_hashes(folders[0]) == file_hashes(folders[1])
    assert len(file_hashes(folders[0])) == 3


def test_a_data_dictionary_lies_beside_every_file(folder):
    build_all(folder, [1, 2])
    for path in condition_files(folder).values():
        dictionary = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert dictionary == table_of(folder.study).dictionary()
        assert dictionary["condition"]["Levels"] == ["none", "synthetic", "natural"]


def test_files_hold_what_the_tables_schema_says(experiment_1, tmp_path):
    """Written quickly, row by row: the same bytes as the table's own writer, and readable."""
    folder = open_study("experiment_1", tmp_path)
    build_all(folder, [3])
    trials = experiment_1.all_trials(3)
    by_table = cells(trials, CONDITION_FILE).to_csv(index=False, lineterminator="\n")
    assert folder.condition_file(3).read_text(encoding="utf-8") == by_table
    rows = participant_trials(experiment_1.study, roster_of(experiment_1.units), 3)
    assert as_csv(rows) == by_table
    found = read_table(folder.condition_file(3), CONDITION_FILE)
    plain = [f.astype(object).where(f.notna(), None).to_dict("records") for f in (found, trials)]
    assert plain[0] == plain[1]


def test_condition_files_are_never_overwritten(folder, demo):
    build_all(folder, [1])
    before = folder.condition_file(1).read_bytes()
    changed = StudyFolder(folder.path, Study.model_validate(demo | {"seed": 5}))
    with pytest.raises(StudyError, match=r"participant-001\.csv would change"):
        build_all(changed, [1, 2])
    assert folder.condition_file(1).read_bytes() == before
    assert list(condition_files(folder)) == [1]


def test_a_changed_unit_list_overwrites_nothing(folder, study):
    build_all(folder, [1])
    before = folder.condition_file(1).read_bytes()
    units = unit_table(study)
    units.loc[0, ["unit", "channel"]] = ["block02_0005", 5]
    write_table(units, UNITS, folder.units_table)
    with pytest.raises(StudyError, match=r"units\.csv: unit block02_0004: found no such unit, but"):
        build_all(folder, [1, 2])
    units = unit_table(study).assign(role=["practice", *unit_table(study)["role"][1:]])
    write_table(units, UNITS, folder.units_table)
    with pytest.raises(StudyError, match=r"unit block02_0004: found .* practice, .* says .* main"):
        build_all(folder, [1, 2])
    assert folder.condition_file(1).read_bytes() == before
    assert list(condition_files(folder)) == [1]


def test_a_changed_query_of_a_catch_trial_is_found(study):
    trials = build_participant(study, unit_table(study), 1)
    row = trials.index[trials["catch"]][0]
    trials.loc[row, ["upper", "lower"]] = "stimuli/natural/other.png"
    with pytest.raises(StudyError, match=r"a catch trial, but its query .* is not"):
        check_catch_trials(trials, "participant-001.csv")


@pytest.mark.parametrize("query", ["upper", "lower"])
def test_a_query_among_the_references_is_found(study, query):
    trials = build_participant(study, unit_table(study), 1)
    row = trials.index[~trials["catch"] & trials.left_5.notna()][0]
    trials.loc[row, query] = trials.loc[row, "left_5"]
    wanted = rf"participant-001.csv: trial {trials.trial[row]}: .*is among its references"
    with pytest.raises(StudyError, match=wanted):
        check_catch_trials(trials, "participant-001.csv")


def test_two_files_with_the_same_picture_count_as_one(study):
    trials = build_participant(study, unit_table(study), 1)
    row = trials.index[~trials["catch"] & trials.left_5.notna()][0]
    content = {image: image for image in images_of(trials)}
    check_catch_trials(trials, "participant-001.csv", content)
    content[trials.loc[row, "right_2"]] = content[trials.loc[row, "upper"]]
    with pytest.raises(StudyError, match=f"trial {trials.trial[row]}: .*is among its references"):
        check_catch_trials(trials, "participant-001.csv", content)


def test_images_are_listed_once(study):
    images = images_of(build_participant(study, unit_table(study), 1))
    assert len(images) == len(set(images))
    assert all(image.startswith("stimuli/") for image in images)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 30), st.integers(1, 5), st.data())
def test_dealing_uses_every_unit_once(n_units, n_blocks, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, n_units), min_size=n_blocks - 1,
                                     max_size=n_blocks - 1)))  # fmt: skip
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, n_units], strict=True)]
    units = [f"layer_{i:04d}" for i in range(n_units)]
    dealt = deal_units(units, sizes, named_rng(1, "test"))
    assert [len(block) for block in dealt] == sizes
    assert sorted(unit for block in dealt for unit in block) == units


def test_a_unit_left_over_goes_from_block_to_block(experiment_1):
    """Experiment I: 44 + 1 trials without references, the 45th in block (p − 1) mod 4."""
    parts = [part for part in experiment_1.study.parts if "none" in part.conditions]
    sizes = [block_sizes(parts, 45, participant) for participant in range(1, 6)]
    assert sizes == [
        [12, 11, 11, 11],
        [11, 12, 11, 11],
        [11, 11, 12, 11],
        [11, 11, 11, 12],
        [12, 11, 11, 11],
    ]
    assert block_sizes(parts, 47, 3) == [12, 11, 12, 12]


def test_batches_wrap_as_published(experiment_1):
    """Experiment I: none p, natural p + 1, synthetic p + 2, wrapped into 1 to 19."""
    conditions = ("none", "natural", "synthetic")
    batches = {p: [batch_of(experiment_1.study, c, p) for c in conditions] for p in (1, 18, 19, 20)}
    assert batches == {1: [1, 2, 3], 18: [18, 19, 1], 19: [19, 1, 2], 20: [1, 2, 3]}


def test_parts_keep_their_order_without_a_rule(study, experiment_2):
    assert [part.name for part in part_order(study, 4)] == ["before", "references"]
    assert part_order(experiment_2.study, 4)[0].name == "Min-Max-9"
