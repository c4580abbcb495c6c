"""Sessions that do not belong: refused where that would be wrong, else used and named."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.data.study import load_study
from analysis.writing.session.checks import oddities, open_session
from conditions.errors import StudyError
from conditions.files import write_json
from conditions.folder import open_study
from conditions.study.exclusions import Exclusions
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import read_table, write_table
from conditions.tables.session_facts import read_session_facts
from conditions.tables.sessions import RATINGS, TRIALS
from conditions.trials.repeats import choose_repeats
from tests.analysis.simulated import (
    planned_session,
    simulate_session,
    simulate_study,
    write_ratings,
    write_session,
)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = open_study("demo", tmp_path_factory.mktemp("studies"))
    simulate_study(folder, 2, expertise=("expert",))
    return folder


@pytest.fixture
def folder(good, tmp_path):
    shutil.copytree(good.path, tmp_path / "demo")
    return replace(good, path=tmp_path / "demo")


def edit(folder, column, rows, value, participant=1):
    """Change cells of trials.csv as a spreadsheet or an editor might."""
    path = folder.session(participant) / "trials.csv"
    frame = read_table(path, TRIALS)
    frame.loc[frame.index[rows], column] = value
    write_table(frame, TRIALS, path)


def change_facts(folder, of=1, **facts):
    path = folder.session(of) / "session.json"
    write_json(path, read_session_facts(path) | facts)


def copy_session(folder, source, target):
    """The same session under another number, as a person might copy it and mend what is refused."""
    shutil.copytree(folder.session(source), folder.session(target), dirs_exist_ok=True)
    edit_all = read_table(folder.session(target) / "trials.csv", TRIALS)
    edit_all["participant"] = target
    write_table(edit_all, TRIALS, folder.session(target) / "trials.csv")
    change_facts(folder, target, participant=target)


def said(folder) -> str:
    """What report and operator's page say of participant 1: they agree."""
    remarks = load_study(folder).remarks
    page = oddities(open_session(folder, 1), folder.study.exclusions)
    for remark in remarks:
        if remark.startswith("Participant 1: "):
            assert remark.removeprefix("Participant 1: ") in page
    return "\n".join(remarks)


def test_sessions_that_belong_are_not_remarked_on(folder):
    assert load_study(folder).remarks == ()
    assert oddities(open_session(folder, 1), Exclusions()) == []


def test_repeats_that_were_lost_are_counted(tmp_path, demo):
    demo["repeats"] = {"least": 1, "most": 1}
    (tmp_path / "demo.yaml").write_text(yaml.safe_dump(demo), encoding="utf-8")
    folder = open_study(str(tmp_path / "demo.yaml"), tmp_path / "studies")
    trials = simulate_session(folder.study, 1, np.random.default_rng(1))
    confidence = dict(zip(trials["trial"], trials["confidence"], strict=True))
    repeats = choose_repeats(folder.study, 1, planned_session(folder.study, 1), confidence)
    rows = trials.set_index("trial").loc[repeats["repeat_of"]].reset_index(drop=True)
    # Answered as a person would who now sees the other query above.
    for name in ("trial", "phase", "block", "repeat_of", "upper", "lower", "correct_response"):
        rows[name] = repeats[name]
    rows["response"] = rows["correct_response"]
    rows["correct"] = True
    rows["onset"] = trials["onset"].max() + 1000.0 * (1 + np.arange(len(rows)))
    whole = pd.concat([trials, rows[TRIALS.column_names]], ignore_index=True)
    write_session(folder, whole)
    assert "repeats" not in said(folder)
    write_session(folder, whole[:-1])
    assert f"Participant 1: Not complete: {len(rows) - 1} of {len(rows)} repeats" in said(folder)


def test_a_session_of_another_study_is_refused(folder):
    change_facts(folder, study_sha256="0" * 64)
    # The trials are those that this study planned: the study file was changed, or restored.
    assert "session.json names another study" in said(folder)
    edit(folder, "unit", [4], "mixed5a_0001")
    with pytest.raises(StudyError, match=r"sub-001.session.json: study_sha256: found 0000"):
        load_study(folder)
    assert any("another study" in text for text in oddities(open_session(folder, 1), Exclusions()))
    edit(folder, "unit", [4], read_table(folder.condition_file(1), CONDITION_FILE)["unit"][4])
    folder.condition_file(1).unlink()
    with pytest.raises(StudyError, match="there is no readable"):
        load_study(folder)


def test_a_condition_that_is_not_of_the_study_is_refused(folder):
    edit(folder, "condition", [9, 12], "crops")
    words = r"trials.csv: row 11, column condition: found crops, wanted one of natural, synthetic,"
    with pytest.raises(StudyError, match=words):
        load_study(folder)
    assert any("found crops" in text for text in oddities(open_session(folder, 1), Exclusions()))


@pytest.mark.parametrize("rows", [25, 12])
def test_a_copy_under_another_number_is_refused(folder, rows):
    copy_session(folder, 1, 3)
    path = folder.session(3) / "trials.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[: rows + 1]))
    with pytest.raises(StudyError, match=f"sub-003: found the answers of sub-001 .{rows} trials"):
        load_study(folder)
    texts = oddities(open_session(folder, 3), Exclusions())
    assert any("the answers of sub-001" in text for text in texts)


@pytest.mark.parametrize("name", ["sub-001 - Copy", "sub-001 (1)", "sub-1", "sub-0001", "notes"])
def test_folders_that_are_no_sessions_are_named(folder, name):
    shutil.copytree(folder.session(1), folder.data / name)
    assert f"data/{name}" in said(folder)
    assert load_study(folder).participants == [1, 2]


@pytest.mark.parametrize(
    ("column", "rows", "value", "words"),
    [
        ("correct", [4], "other", "1 trial (4) is answered otherwise than the column correct says"),
        ("correct", [4, 7], pd.NA, "2 trials (4, 7) are half answered"),
        ("response", [4], None, "1 trial (4) is half answered"),
        ("timed_out", [6], True, "1 trial (6) is in doubt: timed_out says the contrary"),
        ("correct_response", [4], "other", "column correct_response: found "),
        ("unit", [9], "mixed5a_0001", "column unit: found mixed5a_0001, planned "),
        ("condition", [9], "none", "column condition: found none, planned"),
        ("trial", [24], 99, "trial 99, column block: found 7, planned empty"),
        ("onset", [9], 0.0, "1 trial (9) is shown before the answer to the trial before"),
        ("rt", [9], 250.0, "1 trial (10) is shown before the answer to the trial before"),
        ("started_at", [9], "2025-01-01T09:00:00+01:00", "1 trial (9) is begun before"),
        ("started_at", [9], "01.01.2025 10:00", "started_at is no date and time"),
        ("shown_before", [9], 2, "1 trial (9) is shown earlier too, without an answer"),
        ("rt", [9], 7200.0, "1 × reaction time above 300 s, the longest 7200 s in trial 9"),
        ("rt", [9], 0.0, "1 × reaction time below 0.1 s, the lowest 0 s in trial 9"),
        ("confidence_rt", [9], 5000.0, "1 × time to the confidence above 300 s"),
        ("onset", [0], -5.0, "1 × onset below 0 s, the lowest -5 s in trial 0"),
    ],
)
def test_what_does_not_fit_together_is_named(folder, column, rows, value, words):
    if isinstance(value, str) and value == "other":
        frame = read_table(folder.session(1) / "trials.csv", TRIALS)
        old = frame[column][rows[0]]
        value = {"upper": "lower", "lower": "upper"}[old] if isinstance(old, str) else not old
    edit(folder, column, rows, value)
    assert words in said(folder)


def test_rows_in_another_order_are_named_and_read_in_theirs(folder):
    path = folder.session(1) / "trials.csv"
    expected = load_study(folder).trials
    write_table(read_table(path, TRIALS).sort_values("rt", ignore_index=True), TRIALS, path)
    assert said(folder) == "Participant 1: The rows are not in the order of the trials."
    pd.testing.assert_frame_equal(load_study(folder).trials, expected)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"participant": 7}, "session.json is of participant 7, not of 1"),
        ({"state": "killed"}, "The session is not complete: session.json says killed"),
        ({"observer": "scripted"}, "The answers are those of the observer scripted"),
        ({"condition_file_sha256": "0" * 64}, "participant-001.csv has been changed since"),
        ({"screen_px": "wide"}, "session.json is damaged (screen_px)"),
        ({"participant": None}, "session.json is damaged: study, observer and screen"),
    ],
)
def test_facts_that_do_not_fit_are_named(folder, facts, words):
    change_facts(folder, **facts)
    assert words in said(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 9999])
def test_a_damaged_session_json_does_not_stop_a_report(folder, content):
    (folder.session(1) / "session.json").write_bytes(content)
    assert "session.json is damaged" in said(folder)


def test_what_is_missing_is_named(folder):
    (folder.session(1) / "session.json").unlink()
    folder.condition_file(1).unlink()
    for number in (3, 4, 5):
        folder.session(number).mkdir()
    (folder.session(4) / "trials.csv").write_bytes(b"")
    (folder.session(5) / "trials.csv").write_text(",".join(TRIALS.column_names) + "\n")
    (folder.session(1) / "ratings.csv").write_bytes(b"")
    remarks = "\n".join(load_study(folder).remarks)
    for words in (
        "Participant 1: No session.json",
        "Participant 1: ratings.csv is empty",
        "Participant 1: No readable conditions/participant-001.csv",
        "Participant 3: sub-003 has no trials.csv",
        "Participant 4: trials.csv is empty",
        "Participant 5: trials.csv holds no answers yet",
    ):
        assert words in remarks
    assert load_study(folder).participants == [1, 2]


def test_a_damaged_condition_file_does_not_stop_a_report(folder):
    folder.condition_file(1).write_bytes(b"\0")
    assert "No readable conditions/participant-001.csv" in said(folder)


def test_a_column_that_a_lab_added_is_left_aside_and_named(folder):
    path = folder.session(1) / "trials.csv"
    first, *rows = path.read_text().splitlines()
    path.write_text("\n".join([first + ",note", *(f"{row},coughed" for row in rows)]) + "\n")
    assert "trials.csv has other columns, left aside: note" in said(folder)


def test_an_implausible_rating_is_named(folder):
    write_ratings(folder, 1, {"beginning": [1, 2]})
    path = folder.session(1) / "ratings.csv"
    ratings = read_table(path, RATINGS)
    write_table(ratings.assign(rt=[5.0, 4000.0]), RATINGS, path)
    assert "1 × time to a rating above 300 s, the longest 4000 s in trial 1" in said(folder)


def test_an_implausible_time_is_named_with_a_rule_too(folder):
    edit(folder, "rt", [9], 7200.0)
    page = oddities(open_session(folder, 1), Exclusions(max_rt_s=400))
    assert (
        "1 × reaction time above 300 s, the longest 7200 s in trial 9; the study's max_rt_s is"
        in ("\n".join(page))
    )
    assert "The study's rule max_rt_s leaves out 1 trial." in page


def test_repeats_are_compared_with_what_they_repeat(folder):
    session = simulate_session(folder.study, 1, np.random.default_rng(3))
    first = session.iloc[[5]]
    other = first["correct_response"].map({"upper": "lower", "lower": "upper"})
    turned = {"upper": first["lower"], "lower": first["upper"], "correct_response": other}
    again = first.assign(
        **turned, response=other, correct=True, phase="repeat", trial=25, repeat_of=5, block=9
    )
    again["onset"] = session["onset"].max() + 60
    write_session(folder, pd.concat([session, again], ignore_index=True))
    assert load_study(folder).remarks == ()
    edit(folder, "upper", [25], "elsewhere.png")
    assert "trial 25, column upper: found elsewhere.png" in said(folder)
