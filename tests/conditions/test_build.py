"""Condition files: balance, order, images, and that they stay as they are."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditions.build import build_all, build_participant, condition_files
from conditions.check import check_catch_trials, images_of
from conditions.counterbalance import batch_of, deal_units
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.seeds import named_rng
from conditions.study import Study
from conditions.tables import LEFT_COLUMNS, RIGHT_COLUMNS, UNITS, write_table
from conditions.units import parse_unit


def units_table(study: Study) -> pd.DataFrame:
    rows = []
    for role, names in (("main", study.units.main), ("practice", study.units.practice)):
        for name in names:
            layer, channel = parse_unit(name)
            rows.append([name, layer, None, channel, study.units.pick, role, None])
    return pd.DataFrame(rows, columns=UNITS.column_names)


@pytest.fixture
def study(demo) -> Study:
    return Study.model_validate(demo)


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    folder = open_study("demo", tmp_path)
    write_table(units_table(folder.study), UNITS, folder.units_table)
    return folder


PARTICIPANTS = st.integers(1, 10_000)


def test_every_condition_shows_every_unit_once(study):
    units = units_table(study)

    @given(PARTICIPANTS)
    def check(participant: int) -> None:
        trials = build_participant(study, units, participant)
        main = trials[(trials.phase == "main") & ~trials.catch]
        for _, rows in main.groupby("condition"):
            assert sorted(rows.unit) == sorted(study.units.main)
        practice = trials[trials.phase == "practice"]
        assert sorted(practice.unit) == sorted(study.units.practice)
        assert Counter(trials[trials.catch].condition) == {"natural": 2, "synthetic": 2}
        check_catch_trials(trials, "")

    check()


def test_batches_differ_between_conditions_and_leave_the_first_to_practice(study):
    units = units_table(study)

    @given(PARTICIPANTS)
    def check(participant: int) -> None:
        trials = build_participant(study, units, participant)
        main = trials[(trials.phase == "main") & ~trials.catch]
        batches = {condition: set(rows.batch) for condition, rows in main.groupby("condition")}
        assert all(len(found) == 1 for found in batches.values())
        assert sorted(batch for found in batches.values() for batch in found) == [1, 2, 3]
        assert set(trials[trials.catch | (trials.phase == "practice")].batch) == {0}

    check()


def test_odd_participants_start_with_synthetic_and_even_ones_with_natural(study):
    units = units_table(study)
    for participant, expected in ((1, "synthetic"), (2, "natural"), (3, "synthetic")):
        trials = build_participant(study, units, participant)
        blocks = trials[trials.block >= 4].drop_duplicates("block")["condition"].tolist()
        assert blocks[0] == expected
        assert len(set(blocks[:2])) == 2
        assert blocks[:2] == blocks[2:]


def test_references_of_a_trial_are_those_of_its_condition(study):
    trials = build_participant(study, units_table(study), 1)
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
    units = units_table(study)
    answers = pd.concat([build_participant(study, units, p) for p in range(1, 101)])
    share = (answers.correct_response == "upper").mean()
    # 2500 coin tosses: five standard errors either way.
    assert abs(share - 0.5) < 0.05


def test_another_participant_changes_nobody_elses_trials(folder):
    build_all(folder, [1, 2])
    before = {p: path.read_bytes() for p, path in condition_files(folder).items()}
    assert [path.name for path in build_all(folder, [1, 2, 3])] == ["participant-003.csv"]
    assert {p: folder.condition_file(p).read_bytes() for p in (1, 2)} == before


def test_condition_files_are_never_overwritten(folder, demo):
    build_all(folder, [1])
    before = folder.condition_file(1).read_bytes()
    changed = StudyFolder(folder.path, Study.model_validate(demo | {"seed": 5}))
    with pytest.raises(StudyError, match=r"participant-001\.csv would change"):
        build_all(changed, [1, 2])
    assert folder.condition_file(1).read_bytes() == before
    assert list(condition_files(folder)) == [1]


def test_a_changed_query_of_a_catch_trial_is_found(study):
    trials = build_participant(study, units_table(study), 1)
    row = trials.index[trials.catch][0]
    trials.loc[row, ["upper", "lower"]] = "stimuli/natural/other.png"
    with pytest.raises(StudyError, match="a catch trial, but its query is not"):
        check_catch_trials(trials, "participant-001.csv")


def test_images_are_listed_once(study):
    images = images_of(build_participant(study, units_table(study), 1))
    assert len(images) == len(set(images))
    assert all(image.startswith("stimuli/") for image in images)


@given(st.integers(1, 30), st.integers(1, 5), st.data())
def test_dealing_uses_every_unit_once(n_units, n_blocks, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, n_units), min_size=n_blocks - 1,
                                     max_size=n_blocks - 1)))  # fmt: skip
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, n_units], strict=True)]
    units = [f"layer_{i:04d}" for i in range(n_units)]
    dealt = deal_units(units, sizes, named_rng(1, "test"))
    assert [len(block) for block in dealt] == sizes
    assert sorted(unit for block in dealt for unit in block) == units


def test_batches_wrap_as_published(demo):
    """Experiment I: none p, natural p + 1, synthetic p + 2, wrapped into 1 to 19."""
    demo["natural"]["batches"] = 20
    study = Study.model_validate(demo)
    assert [batch_of(study, c, 1) for c in ("none", "natural", "synthetic")] == [1, 2, 3]
    assert [batch_of(study, c, 19) for c in ("none", "natural", "synthetic")] == [19, 1, 2]
