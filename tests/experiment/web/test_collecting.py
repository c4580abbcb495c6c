"""Answers of browsers become sessions: whole, in parts, again, through servers."""

import json
import shutil
import zipfile
from datetime import timedelta

import pytest

from conditions.tables.events import EVENTS
from conditions.tables.files import read_table
from conditions.tables.sessions import FRAMES, ONSETS, RATINGS, TRIALS
from experiment.copies.merging import merge
from experiment.records.same_trials import check_answers, check_ratings
from experiment.records.standing import load_trials
from experiment.web.collecting.collect import collect
from tests.conftest import in_process
from tests.experiment.records.sessions import copy_of, everything, facts_of
from tests.experiment.rehearsed import tiny_study
from tests.experiment.web.simulated import Browser, text_of


def taken(folder, *paths) -> list[str]:
    """All of it is taken; what was said of each file."""
    said: list[str] = []
    assert collect(folder, paths, said.append) == []
    return said


def check_session(folder, browser: Browser) -> None:
    """A session holds what its browser told, and nothing else."""
    data = folder.session(browser.participant)
    trials, ratings = (
        read_table(data / "trials.csv", TRIALS),
        read_table(data / "ratings.csv", RATINGS),
    )
    planned = load_trials(folder, browser.participant)
    check_answers(folder, browser.participant, planned, trials)
    check_ratings(folder, browser.participant, planned, ratings)
    told = {record["trial"]: record for record in browser.records if record["type"] == "trial"}
    assert trials["trial"].tolist() == list(told)
    for name in ("response", "confidence", "rt", "onset", "correct"):
        assert trials[name].tolist() == [record[name] for record in told.values()], name
    assert trials["repeat_of"].dropna().tolist() == [
        record["repeat_of"] for record in told.values() if record["repeat_of"] is not None
    ]
    rated = [record["rating"] for record in browser.records if record["type"] == "rating"]
    assert ratings["rating"].tolist() == rated
    events = read_table(data / "events.csv", EVENTS)
    assert len(events) == sum(record["type"] == "event" for record in browser.records)
    assert sorted(events["run"].unique()) == list(range(1, browser.run + 1))
    intervals = [record["frame_intervals_ms"] for record in told.values()]
    frames = read_table(data / "frames.csv", FRAMES)
    assert frames["interval_ms"].tolist() == [one for trial in intervals for one in trial]
    assert (trials["dropped_frames"] == 1).all()
    assert trials["max_frame_ms"].tolist() == [max(trial) for trial in intervals]
    shown = read_table(data / "onsets.csv", ONSETS)["trial"].tolist()
    assert sorted(shown) == sorted({*told, *ratings["trial"]})
    assert (data / "answers.jsonl").read_text(encoding="utf-8") == browser.text


def test_a_whole_session(folder, tmp_path):
    browser = Browser(folder, 2).open().play()
    file = browser.save(tmp_path / "sub-002_ses-1_web.jsonl")
    (said,) = taken(folder, file)
    assert said.endswith("has 21 answered trials and 2 ratings, complete")
    check_session(folder, browser)
    facts = facts_of(folder.session(2))
    assert (facts["place"], facts["observer"], facts["state"]) == ("web", "human", "complete")
    assert facts["study_sha256"] == folder.study.fingerprint()
    assert [run["state"] for run in facts["runs"]] == ["complete"]
    assert file.exists()
    before = everything(folder.data)
    # The same file again, under the name of a second download, saved by an editor of Windows.
    again = tmp_path / "sub-002_ses-1_web (1).jsonl"
    again.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert taken(folder, file, again) == [
        f"{name}: participant 2: all of it is there already" for name in (file, again)
    ]
    assert everything(folder.data) == before
    copy = copy_of(folder, tmp_path / "copy")
    # Who withdraws leaves files that the study does not hold, and the command names them.
    withdrawn = in_process("experiment", "withdraw", str(copy.path), "--participant", "2")
    assert "the files that answers came in (sub-002_ses-1_web.jsonl), in" in withdrawn.stdout
    # It is found by status, and does not go on at the laboratory's screen.
    status = in_process("experiment", "status", str(folder.path))
    assert "participant-002: complete (web), 23 of 23 trials answered" in status.stdout


def test_a_session_goes_on_where_its_file_ends_anywhere(folder, tmp_path):
    browser = Browser(folder, 1).open().play(6)
    text = browser.text
    # Killed in the middle of a record: the line of the sixth trial is not whole.
    cut = text[: text.rfind('"confidence"')]
    first = tmp_path / "first.jsonl"
    first.write_text(cut, encoding="utf-8")
    (said,) = taken(folder, first)
    assert "has 5 answered trials" in said
    assert said.endswith("the last record was cut off and is left out")
    assert facts_of(folder.session(1))["state"] == "killed"
    taken(folder, browser.save(tmp_path / "more.jsonl"))
    browser.clock += 3600
    browser.open().play()
    second = tmp_path / "later.jsonl"
    later = next(i for i, r in enumerate(browser.records) if r.get("run") == 2)
    second.write_text(text_of(browser.records[later:]), encoding="utf-8")
    # Its own run alone: the earlier one is there.
    taken(folder, second)
    check_session(folder, browser)
    facts = facts_of(folder.session(1))
    assert [run["state"] for run in facts["runs"]] == ["killed", "complete"]
    assert [part["file"] for part in facts["collected"]] == [
        *("first.jsonl", "more.jsonl", "later.jsonl")
    ]
    # What is shorter holds nothing new.
    assert "already" in taken(folder, first)[0]


def test_parts_come_in_any_order_and_twice(folder, tmp_path):
    browser = Browser(folder, 3).open().play(9)
    browser.clock += 100
    browser.open().play()
    records = browser.records
    later = next(i for i, record in enumerate(records) if record.get("run") == 2)
    inbox = tmp_path / "osf"
    (inbox / "more").mkdir(parents=True)
    # A transfer that was tried again: a record stands there twice.
    twice = [*records[:12], *records[9:later]]
    (inbox / "z.jsonl").write_text(text_of(twice), encoding="utf-8")
    (inbox / "more" / "a.jsonl").write_text(text_of(records[later:]), encoding="utf-8")
    (inbox / "sub-003_ses-1_web_taken.json").write_text('{"type": "run", "participant": 3}')
    (inbox / "readme.txt").write_text("Exported by hand.")
    (inbox / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    with zipfile.ZipFile(inbox / "notes.docx", "w") as packed:
        packed.writestr("word/document.xml", "<w:document/>")
    # A folder that is named twice is read once.
    assert len(taken(folder, inbox, inbox)) == 2
    check_session(folder, browser)


def test_an_archive_of_jatos_and_its_text(folder, tmp_path):
    browsers = [Browser(folder, n).open().play(None if n == 1 else 4) for n in (1, 2, 3)]
    archive = tmp_path / "jatos_results.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("metadata.json", '{"data": [{"studyResults": []}]}')
        for number, browser in enumerate(browsers[:2], start=7):
            name = f"study_result_{number}/comp-result_{number}/data.txt"
            packed.writestr(name, browser.text)
        packed.writestr("study_result_9/comp-result_9/data.txt", "")
    # As text, all of them in one file; records need no line ends between them. The last is cut off.
    text = tmp_path / "results.txt"
    joined = "".join(json.dumps(record) for browser in browsers for record in browser.records)
    text.write_text(joined + '\n{"type": "event", "on')
    said = taken(folder, text)
    assert [line.split("participant ")[1][:1] for line in said] == ["1", "2", "3"]
    assert [line.endswith("is left out") for line in said] == [False, False, True]
    said = taken(folder, archive)
    assert [line.endswith("there already") for line in said] == [True, True]
    for browser in browsers:
        check_session(folder, browser)


def test_what_a_kill_left_undone_is_done_again(folder, tmp_path):
    browser = Browser(folder, 1).open().play()
    file = browser.save(tmp_path / "answers.jsonl")
    data = folder.session(1)
    # Of a process that was killed before it had a whole session: a person's answers, unseen.
    left = folder.data / f".{data.name}-x2_a" / data.name
    left.mkdir(parents=True)
    (left / "trials.csv").write_text("participant,session\n", encoding="utf-8")
    taken(folder, file)
    assert sorted(path.name for path in folder.data.iterdir()) == ["sub-001", "sub-001.lock"]
    whole = everything(data)
    for name in ("trials.csv", "events.csv"):
        content = (data / name).read_bytes()
        (data / name).write_bytes(content[: len(content) * 2 // 3])
    (data / "frames.csv").unlink()
    taken(folder, file)
    now = everything(data)
    assert {name: now[name] for name in whole if name.endswith((".csv", ".jsonl"))} == {
        name: whole[name] for name in whole if name.endswith((".csv", ".jsonl"))
    }


def test_one_press_for_both_and_deadlines_that_pass(tmp_path):
    keys, timing = {"mode": "combined"}, {"deadline": 5.0, "fixation": 0.0}
    folder = tiny_study(tmp_path / "combined", participants=2, keys=keys, timing=timing)
    browser = Browser(folder, 1, late=frozenset({5, 6, 20})).open().play()
    taken(folder, browser.save(tmp_path / "answers.jsonl"))
    trials = read_table(folder.session(1) / "trials.csv", TRIALS).set_index("trial")
    assert trials.index[trials["timed_out"]].tolist() == [5, 6, 20]
    # Those without a confidence are not shown again.
    assert not {5, 6} & {*trials["repeat_of"].dropna()}
    assert trials["confidence_rt"].isna().all()
    # Later than the deadline is no answer; nor is an answer changed in what is there already.
    # Nor is there a second press, or a time of what was not pressed.
    for number, trial, name, words in (
        (2, 0, "rt", "rt: found 5.2, wanted at most the deadline"),
        (2, 5, "rt", "rt: found 5.2, wanted None, by response"),
        (2, 0, "confidence_rt", "confidence_rt: found 5.2, wanted null: one press"),
        (1, 0, "rt", "not what"),
    ):
        other = Browser(folder, number, late=browser.late).open().play()
        [r for r in other.records if r["type"] == "trial"][trial][name] = 5.2
        (error,) = collect(folder, [other.save(tmp_path / "late.jsonl")], print)
        assert words in str(error)


def test_onsets_of_a_later_session_count_from_the_first(tmp_path):
    halves = [{"parts": ["before"]}, {"parts": ["references"]}]
    asked = {"version": "2", "text": {"en": "Do you agree?", "de": "Einverstanden?"}}
    folder = tiny_study(tmp_path / "two", sessions=halves, consent=asked)
    agreed = {"version": "2", "text_sha256": 64 * "0", "language": "en", "at": "2026-03-02T09:00Z"}
    first = Browser(folder, 1).open(consent=agreed)
    first.play(5)
    for words, other in (
        ("consent: found None, wanted what the participant agreed to", Browser(folder, 1).open()),
        ("session of the run: found 1, wanted 2", Browser(folder, 1).open(consent=agreed).play(6)),
    ):
        (error,) = collect(folder, [other.save(tmp_path / "other.jsonl")], print)
        assert words in str(error)
    taken(folder, first.save(tmp_path / "ses-1.jsonl"))
    assert facts_of(folder.session(1))["state"] == "between sessions"
    week = timedelta(days=7)
    second = Browser(folder, 1, began=first.began + week)
    second.confidence = dict(first.confidence)
    second.open(session=2, consent=agreed).play()
    taken(folder, second.save(tmp_path / "ses-2.jsonl"))
    trials = read_table(folder.session(1) / "trials.csv", TRIALS)
    assert trials["session"].tolist() == [1] * 5 + [2] * (len(trials) - 5)
    assert trials["onset"].is_monotonic_increasing
    assert trials["onset"][5] == week.total_seconds() + second.records[2]["onset"]
    facts = facts_of(folder.session(1))
    assert (facts["state"], facts["session"]) == ("complete", 2)


def test_two_computers_collect_one_session(folder, tmp_path):
    """The one that has more of it gives the rest to the other, whose answers can go on."""
    browser = Browser(folder, 2).open().play(7)
    taken(folder, browser.save(tmp_path / "first.jsonl"))
    other = copy_of(folder, tmp_path / "pc_2")
    browser.clock += 60
    taken(other, browser.open().play(15).save(tmp_path / "more.jsonl"))
    merge(folder, other, lambda line: None)
    check_session(folder, browser)
    merge(other, folder, lambda line: None)
    check_session(other, browser)
    taken(folder, browser.play().save(tmp_path / "all.jsonl"))
    check_session(folder, browser)


@pytest.mark.parametrize("room", [True, False])
def test_a_number_is_used_once(folder, tmp_path, room):
    """By the laboratory, or by somebody else's browser: who comes second is refused."""
    from tests.experiment.records.sessions import answer

    if room:
        answer(folder, 2, 3, "2026-03-01T10:00:00+01:00")
    else:
        first = Browser(folder, 2, began=Browser(folder, 2).began - timedelta(days=1))
        taken(folder, first.open().play(5).save(tmp_path / "first.jsonl"))
    before = everything(folder.data)
    file = Browser(folder, 2).open().play().save(tmp_path / "second.jsonl")
    other = Browser(folder, 3).open().play().save(tmp_path / "other.jsonl")
    shutil.copyfile(other, tmp_path / "copy of other.jsonl")
    result = in_process("experiment", "collect", str(folder.path), str(file), str(other))
    assert result.returncode == 2
    words = "found a session of the laboratory" if room else "did two people have one number?"
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert {name: everything(folder.data)[name] for name in before} == before
    # The others are taken all the same.
    assert folder.session(3).is_dir()
