"""When instructions are shown again, when there is a break, and what a refusal leaves."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from conditions.study.surroundings import Breaks, Resuming
from conditions.tables.files import read_table
from conditions.tables.refusals import REFUSALS
from conditions.tables.sessions import ONSETS, TRIALS
from experiment.records.lock import only_one
from experiment.records.people.refusals import Refusal, end_without_consent
from experiment.records.start import Start, session_lock
from experiment.session.surroundings.breaks import clock_face, is_break
from experiment.session.surroundings.instructing import is_long_ago
from tests.experiment.records.sessions import answer, everything
from tests.experiment.rehearsed import SHORT, tiny_study

LAST = datetime.fromisoformat("2025-01-01T10:00:00+01:00")
REFUSED = Refusal("2026-11", "de")


def start(onsets: list[datetime]) -> Start:
    shown = pd.DataFrame(columns=ONSETS.column_names)
    shown["started_at"] = [onset.isoformat() for onset in onsets]
    nothing = pd.DataFrame(columns=TRIALS.column_names)
    return Start(pd.DataFrame(), nothing, nothing, shown, {})


@pytest.mark.parametrize(
    ("minutes", "limit", "wanted"),
    [(59, 60.0, False), (61, 60.0, True), (61, None, False), (1, 0.0, True), (-5, 60.0, True)],
)
def test_instructions_are_shown_again_after_long_or_where_the_clock_was_set_back(
    minutes, limit, wanted
):
    rules = Resuming(instructions_after_minutes=limit)
    found = start([LAST - timedelta(hours=5), LAST])
    assert is_long_ago(rules, found, LAST + timedelta(minutes=minutes)) is wanted
    assert not is_long_ago(rules, start([]), LAST)


def test_breaks_follow_every_so_many_blocks_but_neither_practice_nor_the_last():
    two = Breaks(every_blocks=2)
    blocks = [None, 1, 2, 3, 4]
    assert [is_break(two, block, 4) for block in blocks] == [False, False, True, False, False]
    assert is_break(Breaks(), 1, 2)
    assert not is_break(None, 1, 2)
    assert clock_face(600.5) == "10:00"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny_study(tmp_path_factory.mktemp("made"), 2, parts=SHORT, intuitiveness=[])


def test_refusals_are_counted_without_a_word_on_who(made):
    for _ in range(2):
        # The lock of a session that was to begin.
        with only_one(session_lock(made, 2), "running"):
            pass
        line = end_without_consent(made, 2, REFUSED)
    assert "was refused (version 2026-11): no data were written" in line
    assert [path.name for path in sorted(made.data.iterdir())] == ["refusals.csv", "refusals.json"]
    refusals = read_table(made.data / "refusals.csv", REFUSALS)
    assert refusals["version"].tolist() == ["2026-11"] * 2
    assert "neither given nor refused: no data" in end_without_consent(made, 2, None)
    assert len(read_table(made.data / "refusals.csv", REFUSALS)) == 2


def test_a_refusal_that_cannot_be_counted_is_to_be_written_down(made, monkeypatch):
    def in_use(*_: object, **__: object):
        raise PermissionError(13, "open in another program")

    with monkeypatch.context() as patched:
        patched.setattr("experiment.records.people.refusals.TableRecorder", in_use)
        line = end_without_consent(made, 2, REFUSED)
    assert "could not count it (open in another program): add the row 20" in line
    path = made.data / "refusals.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(",", ";"), encoding="utf-8")
    assert "could not count it" in end_without_consent(made, 2, REFUSED)
    path.write_text(before, encoding="utf-8")


def test_who_refuses_a_new_version_keeps_what_was_answered(made):
    answer(made, 1, 2, LAST.isoformat())
    lock = session_lock(made, 1)
    with only_one(lock, "running"):
        pass
    before = everything(made.session(1))
    line = end_without_consent(made, 1, REFUSED)
    assert "withdraw" in line
    assert everything(made.session(1)) == before
    assert lock.exists()
