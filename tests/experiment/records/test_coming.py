"""Whose session comes next, and what the operator's dialog makes of it, without its window."""

import json
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import SimpleNamespace

import pytest

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.tables.session_facts import read_session_facts
from experiment.dialog import Choice, ask_operator, fields_of, hints, read_choice
from experiment.records import facts
from experiment.records.lock import only_one
from experiment.records.people.coming import (
    after_session,
    next_session,
    require_coming,
    survey,
)
from experiment.records.people.enrolling import enrol
from experiment.records.standing import begun_language
from tests.experiment.records.sessions import answer, set_state
from tests.experiment.rehearsed import SHORT, tiny_study

PREPARED = [1, 2, 3]
AT = "2025-01-01T10:00:00+01:00"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tiny_study(tmp_path, participants=3, parts=SHORT, intuitiveness=[], repeats=None)


def leave(folder, participant: int, n: int) -> None:
    """A session that was stopped after some answers; the study asks for no ratings."""
    (answer(folder, participant, n, AT) / "ratings.csv").unlink()


def finish(folder, participant: int) -> None:
    path = folder.session(participant) / "session.json"
    write_json(path, read_session_facts(path) | {"state": facts.COMPLETE})


def offered(folder) -> list[tuple[int, bool]]:
    return [(coming.participant, coming.resume) for coming in survey(folder, PREPARED).coming]


def test_the_lowest_free_number_comes_first_then_who_was_stopped(folder):
    assert offered(folder) == [(1, False), (2, False), (3, False)]
    leave(folder, 1, 2)
    assert offered(folder) == [(2, False), (1, True), (3, False)]
    assert (
        survey(folder, PREPARED).coming[1].words == "Participant 1 stopped at trial 3 of 4: resume"
    )
    assert hints(survey(folder, PREPARED)) == [
        "Participant 1 stopped at trial 3 of 4: choose it under Session to go on."
    ]
    finish(folder, 1)
    for participant in (2, 3):
        leave(folder, participant, 1)
    with only_one(folder.session(2).with_suffix(".lock"), "it runs"):
        found = survey(folder, PREPARED)
        assert [coming.participant for coming in found.coming] == [3]
        assert hints(found) == ["Not in the list: 1 complete; 2 running now."]
        finish(folder, 3)
        with pytest.raises(StudyError, match="of 3 sessions 1 are running, and all others are"):
            require_coming(folder, survey(folder, PREPARED))
    # What was begun in a browser goes on there alone: it is not offered here.
    set_state(folder.session(2), place="web")
    assert hints(survey(folder, PREPARED)) == ["Not in the list: 1, 3 complete; 2 on the web."]
    assert next_session(folder, ["s"]) == "python -m analysis report s"
    with pytest.raises(StudyError, match="all 3 sessions are complete, or go on in a browser"):
        require_coming(folder, survey(folder, PREPARED))
    finish(folder, 2)
    with pytest.raises(StudyError, match="all 3 sessions are complete; write more condition files"):
        require_coming(folder, survey(folder, PREPARED))
    with pytest.raises(StudyError, match="no condition files"):
        require_coming(folder, survey(folder, []))


def test_after_a_session_comes_a_look_at_it_and_after_the_last_the_report(folder):
    typed = ["studies/mine"]
    leave(folder, 1, 4)
    finish(folder, 1)
    look = "python -m analysis session studies/mine --participant 1"
    assert after_session(folder, 1, typed) == look
    run = "python -m experiment run studies/mine"
    assert next_session(folder, typed, "--rig", "lab") == f"{run} --participant 2 --rig lab"
    assert next_session(folder, typed, by_dialog=True) == run
    for participant in (2, 3):
        leave(folder, participant, 4)
    assert next_session(folder, typed) == f"{run} --participant 2 --resume"
    finish(folder, 2)
    with only_one(folder.session(3).with_suffix(".lock"), "it runs"):
        assert next_session(folder, typed) == "python -m experiment monitor studies/mine"
    finish(folder, 3)
    assert after_session(folder, 3, typed) == "python -m analysis report studies/mine"


def asked(folder, **first):
    return fields_of(folder, survey(folder, PREPARED), Choice(0, "any", "en", False, first))


def said(fields, **changes) -> dict[str, str]:
    return {name: line.first for name, line in fields.items()} | changes


def test_what_the_dialog_says_is_checked_in_its_own_words(folder):
    fields = asked(folder)
    assert list(fields) == ["session", "rig", "language", *folder.study.demographics]
    assert fields["rig"].first == "any: any screen, not calibrated"
    chosen = read_choice(folder, fields, said(fields, age="33", language="Deutsch"))
    assert chosen == Choice(1, "any", "de", False, {"age": 33})
    with pytest.raises(
        StudyError, match=r"^Age in years: found '3x', wanted a whole number from 0"
    ):
        read_choice(folder, fields, said(fields, age="3x"))
    # Another computer has begun it meanwhile.
    leave(folder, 1, 2)
    with pytest.raises(StudyError, match="participant 1 has 2 answered trials"):
        read_choice(folder, fields, said(fields))
    enrol(folder, 1, {"age": 40})
    fields = asked(folder)
    again = said(fields, session="Participant 1 stopped at trial 3 of 4: resume")
    assert read_choice(folder, fields, again).resume
    with pytest.raises(StudyError, match="column age: found '40' there, and now '41'"):
        read_choice(folder, fields, again | {"age": "41"})


def test_a_session_goes_on_in_its_own_language(folder):
    leave(folder, 1, 2)
    file = folder.session(1) / "session.json"
    write_json(file, json.loads(file.read_text(encoding="utf-8")) | {"language": "de"})
    fields = asked(folder)
    stopped = said(fields, session="Participant 1 stopped at trial 3 of 4: resume")
    wanted = r"^Language \*: found 'English', wanted 'Deutsch', in which participant 1 began$"
    with pytest.raises(StudyError, match=wanted):
        read_choice(folder, fields, stopped)
    assert read_choice(folder, fields, stopped | {"language": "Deutsch"}).language == "de"
    # Nobody else is left: the language stands there at first.
    only = fields_of(folder, survey(folder, [1]), Choice(0, "any", "en", False, {}))
    assert said(only)["language"] == "Deutsch"
    assert (begun_language(folder, 1), begun_language(folder, 2)) == ("de", None)


def test_a_german_study_asks_in_german_and_keeps_the_tables_words(folder):
    study = folder.study.model_copy(update={"language": "de"})
    folder = replace(folder, study=study)
    fields = asked(folder, age=29, handedness="left")
    hand = fields["handedness"]
    assert (hand.label, hand.first) == ("Bevorzugte Hand", "links")
    assert fields["age"].first == "29"
    chosen = read_choice(folder, fields, said(fields, handedness="beide gleich"))
    assert chosen.person == {"age": 29, "handedness": "ambidextrous"}


def test_what_ends_the_dialog_is_shown_where_nobody_sees_a_terminal(folder, monkeypatch):
    monkeypatch.setattr("experiment.dialog.require_display", lambda: None)
    told = []

    @contextmanager
    def shown():
        try:
            yield
        except StudyError as error:
            told.append(str(error))
            raise

    with pytest.raises(StudyError, match="no condition files"):
        ask_operator(folder, [], Choice(0, "any", "en", False), shown())
    assert len(told) == 1


class Filled:
    """A dialog that is filled in: its text, and what stands in each line at first."""

    OK = True
    texts, lines, ages = [], [], []

    def __init__(self, title: str) -> None:
        self.texts.append([])
        self.lines.append({})

    def addText(self, text: str, color: str) -> SimpleNamespace:  # noqa: N802
        self.texts[-1].append(text)
        return SimpleNamespace(setTextFormat=lambda how: None)

    def addField(self, name: str, first: str, choices: list | None, **_: object) -> None:  # noqa: N802
        assert choices is None or first in choices
        self.lines[-1][name] = first

    def adjustSize(self) -> None:  # noqa: N802
        pass

    def show(self) -> dict[str, str]:
        return self.lines[-1] | {"age": self.ages.pop(0)}


def test_above_the_lines_stands_what_is_wrong_and_who_was_stopped(folder, monkeypatch):
    how = SimpleNamespace(TextFormat=SimpleNamespace(PlainText=0))
    gui = SimpleNamespace(qtgui=SimpleNamespace(Dlg=Filled, Qt=how))
    monkeypatch.setitem(sys.modules, "psychopy.gui", gui)
    monkeypatch.setattr("experiment.dialog.require_display", lambda: None)
    monkeypatch.setattr(Filled, "ages", ["3x", "31"])
    leave(folder, 1, 2)
    chosen = ask_operator(folder, PREPARED, Choice(0, "any", "de", False), nullcontext())
    assert chosen == Choice(2, "any", "de", False, {"age": 31})
    (first, *_), (wrong, second, *_) = Filled.texts
    assert first == second
    assert first == "Participant 1 stopped at trial 3 of 4: choose it under Session to go on."
    assert wrong.startswith("Age in years: found '3x'")
    assert Filled.lines[1] == Filled.lines[0] | {"age": "3x"}
