"""What does not fit is refused in a line that says where, and nothing of it is written."""

import json
import random
import re
import shutil
import zipfile
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conditions.errors import StudyError
from conditions.folder import open_study
from experiment.records.lock import only_one
from experiment.records.start import check_start, session_lock
from experiment.web.collecting import sources
from experiment.web.collecting.collect import collect
from tests.experiment.records.sessions import everything
from tests.experiment.web.simulated import Browser, text_of


def refused(folder, path: Path) -> str:
    """It is refused in one line, and not a byte is written."""
    before = everything(folder.path)
    (error,) = collect(folder, [path], lambda line: None)
    assert everything(folder.path) == before
    assert "\n" not in str(error)
    return str(error)


def nth(records, kind: str, n: int) -> dict:
    return [record for record in records if record["type"] == kind][n]


# What is changed: type, which of them, field (with a dot: in its row), new value; what is said.
CHANGED = [
    ("run", 0, "format", "reference-images-web/9", "line 1: format: found .*/9.*wanted"),
    ("run", 0, "study", "other", "line 1: study: found other, wanted rehearsal_tiny"),
    ("run", 0, "fingerprint", "a" * 64, "line 1: fingerprint: .*another study, or to a page"),
    ("run", 0, "conditions_sha256", "b" * 64, "conditions_sha256: .*another condition file"),
    ("run", 0, "participant", 0, "line 1: participant: found 0"),
    ("run", 0, "participant", 9, "participant-009.csv: no such file"),
    ("run", 0, "participant", 2, "conditions_sha256"),
    ("run", 0, "session", 2, "line 1: session: found 2, wanted at most 1"),
    ("run", 0, "language", "fr", "line 1: language: found fr, wanted one of en, de"),
    ("run", 0, "started_at", "yesterday", "line 1: started_at"),
    ("run", 0, "started_at", "2026-03-02T09:30:00", "started_at: .*no UTC offset"),
    ("run", 0, "started_at", "9999-12-31T23:59:59Z", "started_at: .*a date that a clock can show"),
    ("run", 0, "screen", {"width": float("inf")}, "screen: found nan or infinity"),
    ("run", 0, "consent", {"version": "1"}, "line 1: field consent.text_sha256 is missing"),
    ("trial", 0, "trial", 3, "line 7: trial: found 3, wanted 0, the first without an answer"),
    ("trial", 4, "trial", 1, "trial: found 1, which is answered in .*line"),
    ("trial", 2, "row.upper", "stimuli/other.png", "row.upper: found stimuli/other.png, wanted"),
    ("trial", 2, "row.catch", True, "row.catch: found True, wanted false"),
    ("trial", 2, "row.condition", None, "row.condition: found None, wanted none"),
    ("trial", 9, "row.left_3", "x.png", "row.left_3: found x.png"),
    ("trial", 2, "row.correct_response", "both", "row.correct_response: found both"),
    ("trial", 2, "response", "left", "response: found 'left'"),
    ("trial", 2, "response", None, "timed_out: found False, wanted True, by the response"),
    (
        "trial",
        2,
        "correct",
        None,
        "correct: found None, wanted (True|False), by response and trial",
    ),
    ("trial", 2, "confidence", 4, "confidence: found 4"),
    ("trial", 2, "confidence", None, "confidence: found None, wanted a number"),
    ("trial", 2, "confidence", 2.5, "confidence: found 2.5"),
    ("trial", 2, "rt", -0.1, "rt: found -0.1"),
    ("trial", 2, "rt", "0.5", "rt: found '0.5'"),
    ("trial", 2, "rt", None, "rt: found None, wanted a number"),
    ("trial", 2, "rt", float("nan"), "rt: found nan"),
    ("trial", 2, "rt", 1e300, "rt: found 1e"),
    ("trial", 2, "confidence_rt", None, "confidence_rt: found None"),
    ("trial", 2, "shown_before", 10**30, "shown_before: found 1000"),
    ("trial", 2, "timed_out", True, "timed_out: found True, wanted False"),
    ("trial", 5, "onset", 3.0, "onset: found 3.0, wanted at least .*: the answer before it"),
    ("trial", 2, "started_at", "2026-03-02", "started_at: .*no UTC offset"),
    ("trial", 20, "repeat_of", None, "repeat_of: found None, wanted"),
    ("trial", 2, "frame_intervals_ms", [16, -1], "frame_intervals_ms.1: found -1"),
    ("rating", 0, "moment", "end", "moment: found end, wanted beginning"),
    ("rating", 0, "unit", "block00_0001", "unit: found block00_0001, wanted block05_0003"),
    ("rating", 0, "rating", 101, "rating: found 101"),
    ("rating", 1, "trial", 5, "trial: found 5, which is rated in"),
    ("event", 3, "kind", "sneeze", "kind: found 'sneeze'"),
    ("event", 3, "trial", 700, "trial: found 700, wanted a trial of participant 1"),
    ("event", 3, "detail", "a\nb", "detail: found 'a\\\\nb', wanted text of one line"),
    ("end", 0, "state", "won", "state: found 'won'"),
    ("end", 0, "type", "finale", "type: found 'finale', wanted one of run, trial"),
]


@pytest.fixture(scope="module")
def records(tiny) -> list[dict]:
    return Browser(tiny, 1).open().play().records


@pytest.mark.parametrize(("kind", "n", "name", "value", "words"), CHANGED)
def test_a_field_that_does_not_fit(tiny, tmp_path, records, kind, n, name, value, words):
    records = deepcopy(records)
    record = nth(records, kind, n)
    if name.startswith("row."):
        record = record["row"]
    record[name.removeprefix("row.")] = value
    path = tmp_path / "changed.jsonl"
    path.write_text(text_of(records), encoding="utf-8")
    message = refused(tiny, path)
    assert message.startswith(str(path))
    assert re.search(words, message), message


def test_an_answer_that_was_changed_changes_the_repeats(tiny, tmp_path, records):
    records = deepcopy(records)
    for record in records:
        if record["type"] == "trial" and record["repeat_of"] is None:
            record["confidence"] = 4 - record["confidence"]
    path = tmp_path / "changed.jsonl"
    path.write_text(text_of(records), encoding="utf-8")
    assert "row." in refused(tiny, path) or "trial" in refused(tiny, path)


def test_what_is_lacking(tiny, tmp_path, records):
    path = tmp_path / "lacking.jsonl"

    def lacks(message: str, *lines: str) -> None:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        assert message in refused(tiny, path)

    text = text_of(records).splitlines()
    lacks("found a event, wanted first the run it is of", *text[1:])
    lacks("line 7: trial: found 1, wanted 0", *text[:4], *text[7:])
    lacks("line 3: found", *text[:2], text[2][:50], *text[3:])
    lacks("found no answers in it")
    without = deepcopy(nth(records, "trial", 0))
    del without["row"]["batch"]
    lacks("line 2: field row.batch is missing", text[0], json.dumps(without))
    lacks("type: found list", text[0], "[1, 2]", text[1])
    path.write_bytes("\n".join(text).encode("utf-16"))
    assert "not UTF-8" in refused(tiny, path)
    path.write_bytes(b"PK\3\4 no archive")
    path.rename(tmp_path / "results.zip")
    assert "cannot be unpacked" in refused(tiny, tmp_path / "results.zip")
    assert "no such file" in refused(tiny, tmp_path / "nowhere.jsonl")
    (tmp_path / "inbox").mkdir()
    assert "there are no answers in the folder" in refused(tiny, tmp_path / "inbox")


def test_what_is_out_of_its_place(tiny, tmp_path, records):
    """The first rating after the first trial, the last before the last; and more than there are."""
    rating, trial = (deepcopy(nth(records, kind, -1)) for kind in ("rating", "trial"))
    first, last = (records.index(nth(records, "trial", n)) for n in (0, -1))
    begins, ends = (records.index(nth(records, "rating", n)) for n in (0, 1))
    early = [*records[:last], records[ends], *records[last:ends], *records[ends + 1 :]]
    late = [*records[:begins], *records[begins + 1 : first + 1], records[begins]]
    for changed, words in (
        (late, "moment: found beginning, after 1 trials, wanted before all other trials"),
        (early, "moment: found end, after 20 trials, wanted after all other trials"),
        ([*records, rating | {"trial": 700}], "found 700, wanted the end: all ratings are given"),
        ([*records, trial | {"trial": 700}], "found 700, wanted the end: all trials are answered"),
    ):
        path = tmp_path / "moved.jsonl"
        path.write_text(text_of(changed), encoding="utf-8")
        assert words in refused(tiny, path)


def test_two_windows_at_once(tiny, tmp_path):
    first = Browser(tiny, 1).open().play(9)
    first.clock -= 20
    first.open().play(12)
    path = tmp_path / "two.jsonl"
    path.write_text(first.text, encoding="utf-8")
    assert "two windows at once" in refused(tiny, path)
    Browser(tiny, 1, late=frozenset({3})).open().play().save(path)
    assert "wanted an answer: the study has no deadline" in refused(tiny, path)


def test_a_number_that_runs_or_was_withdrawn_or_goes_on_at_the_screen(folder, tmp_path):
    path = Browser(folder, 1).open().play(9).save(tmp_path / "one.jsonl")
    assert not folder.data.exists() or not [*folder.data.iterdir()]
    with only_one(session_lock(folder, 1), "a session runs"):
        assert "in another process" in refused(folder, path)
    assert collect(folder, [path], lambda line: None) == []
    with pytest.raises(StudyError, match="goes on in its browser alone"):
        check_start(folder, 1, resume=True)
    gone = folder.withdrawn / "sub-001-2026-03-02"
    folder.withdrawn.mkdir()
    folder.session(1).rename(gone)
    assert "withdrawn" in refused(folder, path)


def test_tables_that_are_not_what_the_answers_say_get_no_more_rows(folder, tmp_path):
    browser = Browser(folder, 1).open().play(9)
    path = browser.save(tmp_path / "answers.jsonl")
    assert collect(folder, [path], lambda line: None) == []
    browser.play().save(path)
    trials = folder.session(1) / "trials.csv"
    text = trials.read_text(encoding="utf-8")
    trials.write_text(text.replace(",upper,", ",lower,", 1), encoding="utf-8")
    assert re.search(r"trials.csv: row \d+: not what .*nothing is added", refused(folder, path))
    trials.write_text(text, encoding="utf-8")
    assert collect(folder, [path], lambda line: None) == []
    ratings = folder.session(1) / "ratings.csv"
    lines = ratings.read_text(encoding="utf-8").splitlines(keepends=True)
    ratings.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    assert "ratings.csv: found 3 rows, wanted at most 2" in refused(folder, path)


def test_what_is_too_large_is_not_read(tiny, tmp_path, records, monkeypatch):
    path = tmp_path / "large.jsonl"
    path.write_text(text_of(records), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "large.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(path, "../../data.txt")
    monkeypatch.setattr(sources, "MOST_BYTES", path.stat().st_size - 1)
    assert "too many for answers" in refused(tiny, path)
    assert "../../data.txt: found" in refused(tiny, tmp_path / "large.zip")


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["cut", "byte", "swap", "glue", "value"]))
def test_a_damaged_file_is_one_line(tiny, records, tmp_path_factory, seed, kind):
    """Whatever a disk, an editor or a joker does to it: refused in a line, or what is left fits."""
    draw = random.Random(seed)
    text = text_of(records).encode()
    lines = text.splitlines(keepends=True)
    place = draw.randrange(len(text))
    if kind == "cut":
        text = text[:place]
    elif kind == "byte":
        text = text[:place] + bytes([draw.randrange(256)]) + text[place + 1 :]
    elif kind == "swap":
        i, j = draw.sample(range(len(lines)), 2)
        lines[i], lines[j] = lines[j], lines[i]
        text = b"".join(lines)
    elif kind == "glue":
        i = draw.randrange(len(lines))
        text = text[:place] + b"".join(lines[i:])
    else:
        changed = deepcopy(records)
        record = draw.choice(changed)
        odd = [None, True, -1, 10**400, 1e308, "", "\ud800", [], {}, [[[]]], "x" * 9999]
        record[draw.choice(list(record))] = draw.choice(odd)
        text = text_of(changed).encode()
    folder = tiny
    path = tmp_path_factory.mktemp("damaged") / "answers.jsonl"
    path.write_bytes(text)
    said: list[str] = []
    errors = collect_copy(folder, path, said)
    assert all("\n" not in str(error) and len(str(error)) < 900 for error in errors)
    assert errors or said


def collect_copy(folder, path, said) -> list[StudyError]:
    """Collect into a copy of the study that holds nothing but its condition files."""
    copy = path.parent / "study"
    (copy / "conditions").mkdir(parents=True)
    shutil.copyfile(folder.study_file, copy / "study.yaml")
    shutil.copytree(folder.conditions, copy / "conditions", dirs_exist_ok=True)
    return collect(open_study(str(copy), path.parent), [path], said.append)
