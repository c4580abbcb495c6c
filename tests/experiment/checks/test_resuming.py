"""A session goes on as it was begun, or the operator says that it does not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
import yaml

from conditions.errors import StudyError
from conditions.files import write_json
from experiment.checks.resuming import resume_checks
from experiment.records import facts
from experiment.records.start import load_start
from experiment.rig import Rig
from tests.experiment.rehearsed import SHORT, tiny_study

RIG = Rig(name="lab")


@pytest.fixture
def session(tmp_path):
    """A stopped session and its folder."""
    folder = tiny_study(tmp_path, parts=SHORT)
    data = folder.session(1)
    data.mkdir(parents=True)
    (data / "rig.yaml").write_text("name: lab\n", encoding="utf-8")
    begun = facts.begun(folder, 1, {}, observer="human")
    write_json(data / "session.json", facts.updated(begun, facts.STOPPED))
    return load_start(folder, 1), data


def bad(checks) -> list[str]:
    return [check.name for check in checks if not check.good]


def test_the_same_goes_on(session):
    start, data = session
    checks = resume_checks(start, data, "human", RIG, "en")
    assert bad(checks) == []
    assert len(checks) == 4
    assert not any(check.vital for check in checks), "the operator may have a reason"


def test_another_observer_rig_or_language_and_an_earlier_hour_are_named(session):
    start, data = session
    assert bad(resume_checks(start, data, "scripted", RIG, "en")) == ["observer"]
    assert bad(resume_checks(start, data, "human", Rig(name="lab", screen=1), "en")) == ["same rig"]
    german = replace(start, facts=start.facts | {"language": "de"})
    assert bad(resume_checks(german, data, "human", RIG, "en")) == ["same language"]
    assert bad(resume_checks(german, data, "human", RIG, "de")) == []
    early = datetime.now().astimezone() - timedelta(hours=1)
    assert bad(resume_checks(start, data, "human", RIG, "en", early)) == ["clock"]


@pytest.mark.parametrize("text", ['2025-01-03T10:00:1"8+01:00', "yesterday", "2025-01-03T10:00:18"])
def test_a_time_that_is_none_is_named_with_its_file(session, text):
    start, data = session
    for name, damaged in (
        ("session.json", replace(start, facts=start.facts | {"written_at": text})),
        ("onsets.csv", replace(start, onsets=pd.DataFrame({"started_at": [text]}))),
        ("trials.csv", replace(start, answered=pd.DataFrame({"started_at": [text]}))),
    ):
        with pytest.raises(StudyError, match=rf"{name}: last time: found .*wanted a date"):
            resume_checks(damaged, data, "human", RIG, "en")


def test_a_rig_is_compared_with_that_of_the_last_run(session):
    start, data = session
    for run in (2, 10):
        text = yaml.safe_dump({"name": f"lab {run}"})
        (data / f"rig-run-{run}.yaml").write_text(text, encoding="utf-8")
    (data / "rig-run-10 (1).yaml").write_text("name: a copy\n", encoding="utf-8")
    assert bad(resume_checks(start, data, "human", Rig(name="lab 10"), "en")) == []
    assert bad(resume_checks(start, data, "human", RIG, "en")) == ["same rig"]


def test_a_first_run_has_nothing_to_agree_with(tmp_path):
    folder = tiny_study(tmp_path, parts=SHORT)
    assert resume_checks(load_start(folder, 1), folder.session(1), "human", RIG, "en") == []
