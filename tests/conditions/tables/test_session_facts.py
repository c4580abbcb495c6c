"""session.json: what is relied on is checked, and what else is there is kept."""

import json

import pytest

from conditions.errors import StudyError
from conditions.tables.session_facts import moment, read_session_facts

RUN = {"state": "complete", "started_at": "2026-01-01T10:00:00+01:00", "ended_at": None}
GOOD = {
    "participant": 1,
    "session": 1,
    "state": "complete",
    "started_at": "2026-01-01T10:00:00+01:00",
    "study_sha256": "a",
    "condition_file_sha256": "b",
    "observer": "human",
    "runs": [RUN],
    "added by a lab": [1, 2],
}


def test_whatever_is_there_is_kept(tmp_path):
    path = tmp_path / "session.json"
    assert read_session_facts(path) == {}
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert read_session_facts(path) == GOOD


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "asleep"}, "state: found 'asleep'"),
        ({"participant": "1"}, "participant: found '1'"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "2026-01-01T10:00:00"}, "has no UTC offset"),
        ({"runs": [RUN | {"started_at": 5}]}, "runs.0.started_at: found 5"),
        ({"runs": {}}, "runs: found {}"),
    ],
)
def test_a_fact_that_does_not_fit_is_named(tmp_path, changes, words):
    path = tmp_path / "session.json"
    path.write_text(json.dumps(GOOD | changes), encoding="utf-8")
    with pytest.raises(StudyError, match=words):
        read_session_facts(path)


def test_an_editors_byte_order_mark_is_no_damage(tmp_path):
    path = tmp_path / "session.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8-sig")
    assert read_session_facts(path) == GOOD


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00+00:00"),
        ("2026-01-01T10:00:00.5+01:00", "2026-01-01T10:00:00.500000+01:00"),
        ("2026-01-01T10:00:00.123456789+01:00", "2026-01-01T10:00:00.123456+01:00"),
        ("2026-01-01 10:00:00-05:30", "2026-01-01T10:00:00-05:30"),
    ],
)
def test_a_moment_is_read_alike_by_all_pythons(text, found):
    assert moment(text).isoformat() == found


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[1]", b"null", b'{"transfer": "\\ud800"}'],
)
def test_what_is_no_json_is_one_line(tmp_path, content):
    path = tmp_path / "session.json"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=r"session\.json: "):
        read_session_facts(path)
