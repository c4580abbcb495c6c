"""The commands: build without images, check with them, describe, and PsychoPy as a reader."""

import hashlib
import math
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from conditions.check import check_study, images_of, read_conditions
from conditions.describe import describe
from conditions.errors import StudyError
from conditions.folder import DESIGNS, StudyFolder, open_study
from conditions.study.study import Study
from conditions.tables.files import write_table
from conditions.tables.stimuli import STIMULI
from conditions.trials.build import build_all
from conditions.trials.durations import count_blocks, count_trials, expected_minutes, expected_rt
from conditions.trials.repeats import choose_repeats
from conditions.trials.told.balance import balance_tables
from tests.conftest import command, in_process


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    """Trials of four participants of the template, and files in place of the images."""
    folder = open_study("template", tmp_path)
    build_all(folder, [1, 2, 3, 4])
    images = {image for frame in read_conditions(folder).values() for image in images_of(frame)}
    rows = []
    for image in sorted(images):
        path = folder.path / image
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(image, encoding="utf-8")
        parts = Path(image).parts
        rows.append(
            {
                "unit": parts[2],
                "name": parts[1],
                "kind": folder.study.references[parts[1]].kind,
                "pole": parts[-1][:3],
                "batch": int(parts[3][-2:]) if len(parts) == 5 else None,
                "rank": int(parts[-1][4]),
                "activation": 0.0,
                "path": image,
                "source": "test",
                "sha256": hashlib.sha256(image.encode()).hexdigest(),
            }
        )
    write_table(
        pd.DataFrame(rows).reindex(columns=STIMULI.column_names), STIMULI, folder.stimuli_table
    )
    return folder


def test_trials_are_built_and_checked_by_commands(tmp_path):
    """Without any image: built twice, counted, and what is missing is named."""
    root = ["--root", str(tmp_path)]
    build = ("conditions", "build", "experiment_2", "--participants", "1-8", *root)
    first, again = command(*build), in_process(*build)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "condition files: 8 written, 0 already there, 8 in all" in first.stdout
    assert "condition files: 0 written, 8 already there, 8 in all" in again.stdout
    files = sorted(p.name for p in (tmp_path / "experiment_2" / "conditions").glob("*.csv"))
    assert files == [f"participant-{p:03d}.csv" for p in range(1, 9)]
    checked = in_process("conditions", "check", "experiment_2", *root)
    assert checked.returncode == 2
    assert "stimuli.csv: no such file" in checked.stderr
    for title in ("Units", "Batches", "Positions", "Orders", "Carry-over", "Answers"):
        assert f"{title}\n" in checked.stdout
    assert "Not balanced: batches (19 of them, a cycle of 76 participants" in checked.stdout
    assert "Not balanced: orders" not in checked.stdout
    assert "Min-Max-9 synthetic     160     80              2            2" in checked.stdout


def test_a_changed_study_file_is_refused_by_the_command(tmp_path):
    content = yaml.safe_load((DESIGNS / "experiment_1.yaml").read_text(encoding="utf-8"))
    file = tmp_path / "mine.yaml"
    arguments = ("conditions", "build", str(file), "--participants", "1", "--root", str(tmp_path))
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert in_process(*arguments).returncode == 0
    written = tmp_path / "experiment_1" / "conditions" / "participant-001.csv"
    before = written.read_bytes()
    content["units"]["main"][0] = "mixed3a_0026"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = in_process(*arguments)
    assert done.returncode == 2
    assert f"{file} is not the study that" in done.stderr
    # The folder's own copy changed: the trials no longer fit.
    (tmp_path / "experiment_1" / "study.yaml").write_text(yaml.safe_dump(content))
    done = in_process(*arguments)
    assert done.returncode == 2
    assert "participant-001.csv would change" in done.stderr
    assert written.read_bytes() == before


def test_all_images_there_and_unchanged(folder):
    frames = read_conditions(folder)
    counts = check_study(folder, frames)
    assert counts["participants"] == 4
    assert counts["trials"] == sum(map(len, frames.values()))
    assert counts["images"] == len({i for frame in frames.values() for i in images_of(frame)})


@pytest.mark.parametrize("fault", ["missing", "changed", "unlisted"])
def test_a_faulty_image_is_named(folder, fault):
    frames = read_conditions(folder)
    image = images_of(frames[3])[7]
    path = folder.path / image
    if fault == "missing":
        path.unlink()
    elif fault == "changed":
        path.write_text("other", encoding="utf-8")
    else:
        table = pd.read_csv(folder.stimuli_table)
        table[table.path != image].to_csv(folder.stimuli_table, index=False)
    words = {"missing": "no such file", "changed": "sha256 is not that", "unlisted": "not in"}
    with pytest.raises(StudyError, match=f"{image}: {words[fault]}"):
        check_study(folder, frames)


def test_the_same_picture_as_query_and_reference_is_found(folder):
    """Two files of one content, both listed as they are."""
    frames = read_conditions(folder)
    trials = frames[1]
    rows = trials[(trials.condition == "natural") & ~trials["catch"]]
    trial = rows.iloc[0]
    (folder.path / trial.right_3).write_bytes((folder.path / trial.upper).read_bytes())
    table = pd.read_csv(folder.stimuli_table)
    sha = table.loc[table.path == trial.upper, "sha256"].item()
    table.loc[table.path == trial.right_3, "sha256"] = sha
    table.to_csv(folder.stimuli_table, index=False)
    with pytest.raises(StudyError, match=rf"participant-001.csv: trial {trial.trial}: .*among"):
        check_study(folder, frames)


def test_a_study_without_condition_files_says_how_to_make_them(tmp_path):
    with pytest.raises(StudyError, match="write them with `python -m conditions build"):
        read_conditions(open_study("demo", tmp_path))


def test_balance_is_counted_over_all_participants(experiment_1):
    tables = balance_tables({p: experiment_1.all_trials(p) for p in range(1, 20)})
    units = tables["Units"].set_index("condition")
    assert (units["units"] == 45).all()
    assert (units["fewest a unit"] == 19).all()
    assert (units["most a unit"] == 19).all()
    assert (units["most a unit and participant"] == 1).all()
    # 19 participants see each of 19 batches once in every condition.
    batches = tables["Batches"].set_index("condition")
    assert (batches["batches"] == 19).all()
    assert (batches["fewest a batch"] == batches["most a batch"]).all()
    positions = tables["Positions"].set_index("condition")
    assert positions.loc["natural", [5, 6]].tolist() == [9 * 15, 10 * 15]
    orders = tables["Orders"].set_index("conditions")["participants"].to_dict()
    assert orders == {"none, synthetic, natural": 10, "none, natural, synthetic": 9}


def test_carry_over_is_counted_from_block_to_block(experiment_1):
    """Participant 1: none twice, synthetic and natural in turn three times, none twice."""
    table = balance_tables({1: experiment_1.all_trials(1)})["Carry-over"].set_index("after")
    assert table.columns.tolist() == table.index.tolist() == ["none", "synthetic", "natural"]
    assert table.loc["none"].tolist() == [2, 1, 0]
    assert table.loc["synthetic"].tolist() == [0, 0, 3]
    assert table.loc["natural"].tolist() == [1, 2, 0]


def test_a_condition_that_the_study_does_not_have_is_named(folder):
    path = folder.condition_file(2)
    path.write_text(path.read_text("utf-8").replace(",blurred,", ",blurry,"), "utf-8")
    with pytest.raises(StudyError, match=r"participant-002\.csv.*condition.*blurry"):
        read_conditions(folder)


def test_an_imbalance_shows_in_the_counts(experiment_1):
    frames = {p: experiment_1.all_trials(p) for p in (1, 2)}
    row = frames[2].index[(frames[2].condition == "none") & (frames[2].phase == "main")][0]
    other = frames[2].index[(frames[2].condition == "none") & (frames[2].phase == "main")][1]
    frames[2].loc[row, "unit"] = frames[2].loc[other, "unit"]
    units = balance_tables(frames)["Units"].set_index("condition")
    assert units.loc["none", ["fewest a unit", "most a unit"]].tolist() == [1, 3]
    assert units.loc["none", "most a unit and participant"] == 2


@pytest.mark.parametrize("name", sorted(path.stem for path in DESIGNS.glob("*.yaml")))
def test_described_numbers_are_those_of_the_trials(name, tmp_path):
    """Of every design, and of the repeats that its answers would bring."""
    folder = open_study(name, tmp_path)
    build_all(folder, [1])
    trials = read_conditions(folder)[1]
    study = folder.study
    repeats = choose_repeats(study, 1, trials, dict.fromkeys(trials.trial, 1))
    shown = pd.concat([trials, repeats])
    counts = count_trials(study)
    kind = shown.phase.where(~shown["catch"].astype(bool), "catch")
    assert {k: n for k, n in counts.items() if n and k != "all"} == kind.value_counts().to_dict()
    assert counts["all"] == len(shown)
    assert count_blocks(study)["all"] == shown.block.dropna().nunique()
    text = describe(study)
    assert f"In all {len(shown)} trials a participant" in text
    assert f"in {count_blocks(study)['all']} blocks" in text
    assert f"Expected duration: {expected_minutes(study):.0f} minutes" in text
    for condition in study.conditions:
        assert condition in text


def test_expected_duration_grows_by_what_is_added(demo):
    before = expected_minutes(Study.model_validate(demo))
    demo["timing"]["fixation"] += 1
    trials = count_trials(Study.model_validate(demo))["all"]
    longer = expected_minutes(Study.model_validate(demo))
    assert math.isclose(longer - before, trials / 60)
    demo["timing"]["deadline"] = 2
    shorter = expected_minutes(Study.model_validate(demo))
    # By condition: main, practice and catch trials of the demo.
    saved = {"none": 7, "synthetic": 9, "natural": 9}
    study = Study.model_validate(demo)
    expected = sum(n * (expected_rt(study, c) - 2) for c, n in saved.items()) / 60
    assert math.isclose(longer - shorter, expected)


def test_what_a_design_balances_and_what_no_part_shows_is_described(demo):
    demo["references"]["blurred"] = {"kind": "blurred", "of": "natural", "sigma_px": 4}
    text = describe(Study.model_validate(demo))
    assert "blurred: natural under a Gaussian of 4 px. No part shows blurred." in text
    assert "moved on by one after every participant." in text
    assert "\n\nBalance. Part references: over 2 participants, each of the 2 conditions" in text
    demo["parts"][1] |= {"conditions": ["synthetic", "natural", "blurred"], "order": "latin_square"}
    demo["natural"]["batches"] = 5
    demo["batches"]["offset"]["blurred"] = 3
    demo["practice"] = {"draw": "random"}
    text = describe(Study.model_validate(demo))
    assert "was the next of two mirrored Williams squares after every participant." in text
    assert "No part shows" not in text


def test_describe_writes_nothing(tmp_path):
    done = in_process("conditions", "describe", "experiment_2")
    assert done.returncode == 0, done.stderr
    assert "natural 2 · ((p − 1) div 4) + 1" in done.stdout
    assert "Units. 80 feature maps of inceptionv1 (80 drawn at random) of 5 layers" in done.stdout
    unknown = in_process("conditions", "describe", "experiment_3")
    assert unknown.returncode == 2
    assert "demo, experiment_1, experiment_2, template" in unknown.stderr


def test_psychopy_reads_condition_files(experiment_1, tmp_path):
    """In a process of its own: rows, names, numbers and empty cells as PsychoPy sees them."""
    folder = open_study("experiment_1", tmp_path)
    build_all(folder, [1])
    script = """
import sys, json
from psychopy import data
trials, names = data.importConditions(sys.argv[1], returnFieldNames=True)
keep = ("trial", "block", "unit", "upper", "correct_response", "left_9", "batch")
plain = lambda v: None if v is None or v != v or v == "" else v
rows = [{k: plain(t[k]) for k in keep} for t in trials]
print(json.dumps({"names": list(names), "rows": rows}, default=int))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder.condition_file(1))],
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    found = yaml.safe_load(done.stdout.splitlines()[-1])
    ours = experiment_1.all_trials(1)
    assert sorted(found["names"]) == sorted(ours.columns)
    assert len(found["rows"]) == len(ours)
    plain = ours.astype(object).where(ours.notna(), None).to_dict("records")
    for theirs, row in zip(found["rows"], plain, strict=True):
        assert theirs == {name: row[name] for name in theirs}
