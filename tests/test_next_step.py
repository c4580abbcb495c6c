"""What comes next: the last line of every command, as it can be typed."""

import ast
import importlib
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import pytest

from conditions.commands.command_line import NextStep
from conditions.commands.typed import for_windows
from conditions.files import write_json
from conditions.folder import open_study
from conditions.next_step import (
    after_images,
    as_typed,
    command,
    has_sessions,
    sessions_or_report,
    start,
)
from conditions.stimuli import read_stimuli
from conditions.tables.files import write_table
from conditions.tables.session_facts import read_session_facts
from conditions.tables.stimuli import STIMULI
from experiment.records import facts
from experiment.records.people.coming import next_session
from tests.conftest import ROOT, in_process
from tests.experiment.records.sessions import answer
from tests.experiment.rehearsed import SHORT, tiny_study

ROOMS = ["stimgen", "conditions", "experiment", "analysis"]
AT = "2025-01-01T10:00:00+01:00"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made = tiny_study(tmp_path, participants=2, parts=SHORT, intuitiveness=[], repeats=None)
    # Blanks are what people have in the names of folders.
    return open_study(str(shutil.move(made.path, tmp_path / "my study")), tmp_path)


def complete(folder, participant: int) -> None:
    path = answer(folder, participant, 4, AT) / "session.json"
    write_json(path, read_session_facts(path) | {"state": facts.COMPLETE})


@pytest.mark.parametrize("room", ROOMS)
def test_every_command_returns_what_comes_next(room):
    commands = importlib.import_module(f"{room}.__main__").app.registered_commands
    assert len(commands) > 2
    for one in commands:
        assert get_type_hints(one.callback)["return"] is NextStep, one.name


def last(*arguments: object) -> str:
    done = in_process(*map(str, arguments))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Next: ") == 1
    return done.stdout.splitlines()[-1]


def test_from_trials_to_the_report(folder):
    named = f"'{folder.path}'"
    study = folder.path
    build = ("conditions", "build", study, "--participants", "all")
    assert last(*build) == f"Next: python -m conditions check {named}"
    assert last("conditions", "check", study) == f"Next: python -m experiment run {named}"
    run = f"Next: python -m experiment run {named} --participant"
    assert last("experiment", "status", study) == f"{run} 1"
    answer(folder, 1, 2, AT)
    assert last("experiment", "status", study) == f"{run} 2"
    for participant in (1, 2):
        complete(folder, participant)
    assert last("experiment", "monitor", study, "--once").startswith("Next: python -m experiment")
    report = f"Next: python -m analysis report {named}"
    assert last("experiment", "status", study) == report
    assert last("conditions", "check", study) == report
    assert last("analysis", "session", study, "--participant", "2") == report
    assert last("experiment", "withdraw", study, "--participant", "2") == report


def test_only_what_can_be_compared_with_people_is(folder):
    machine = ("experiment", "machine", folder.path, "--participants", "1", "--embedding")
    answer(folder, 1, 2, AT)
    assert last(*machine, "oracle") == f"Next: python -m analysis difficulty '{folder.path}'"
    assert last(*machine, "pixels") == f"Next: python -m analysis compare '{folder.path}'"


def test_as_needed_does_nothing_once_all_is_done(folder):
    complete(folder, 1)
    needed = ("experiment", "run", folder.path, "--participant", "1", "--as-needed")
    run = f"Next: python -m experiment run '{folder.path}' --participant 2"
    assert last(*needed) == run
    assert last(*needed, "--session", "1", "--rig", "full_hd") == f"{run} --rig full_hd"
    done = in_process(*map(str, needed), "--session", "2")
    assert done.returncode == 2
    assert "--session: found 2, wanted 1: the study has a single session" in done.stderr


def test_where_nothing_was_done_or_another_program_leads_nothing_is_said(folder, monkeypatch):
    refused = in_process("conditions", "build", str(folder.path), "--participants", "0")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Next" not in refused.stderr
    monkeypatch.setenv("NEXT_STEP", "off")
    assert "Next" not in in_process("experiment", "status", str(folder.path)).stdout


def test_images_that_are_missing_come_first(folder):
    typed = ["my_study.yaml"]
    stimuli = folder.stimuli_table
    whole = stimuli.read_bytes()
    assert start(folder, typed) == "python -m conditions check my_study.yaml"
    # A kind that no trial shows need not be there; one that is shown must.
    table = read_stimuli(folder)
    assert "synthetic" not in set(table["name"])
    both = [folder.study.parts[0].model_copy(update={"conditions": ["synthetic", "natural"]})]
    shown = replace(folder, study=folder.study.model_copy(update={"parts": both}))
    assert after_images(shown, typed) == "python -m stimgen references my_study.yaml"
    write_table(table[table["name"] != "natural"], STIMULI, stimuli)
    assert after_images(shown, typed) == "python -m stimgen natural my_study.yaml"
    stimuli.unlink()
    assert start(folder, typed) == "python -m stimgen all my_study.yaml"
    # What is wrong with the table is told by whoever uses it, not by a command that is done.
    stimuli.write_bytes(whole[:200])
    assert after_images(folder, typed).startswith("python -m conditions")
    (folder.session(1)).mkdir(parents=True)
    (folder.session(1) / "session.json").write_text("{", encoding="utf-8")
    assert sessions_or_report(folder, typed).startswith("python -m experiment run")


def test_a_command_that_is_done_does_not_fail_for_what_comes_next(folder):
    typed = ["my_study.yaml"]
    for place in (folder.conditions, folder.data):
        shutil.rmtree(place, ignore_errors=True)
        place.write_text("a file in a folder's place", encoding="utf-8")
    assert sessions_or_report(folder, typed) == "python -m experiment run my_study.yaml"
    assert after_images(folder, typed).startswith("python -m conditions build my_study.yaml")
    assert next_session(folder, typed) == "python -m experiment status my_study.yaml"
    assert not has_sessions(folder)


def test_a_study_is_named_as_it_was_typed(folder, tmp_path):
    assert as_typed(str(folder.path), tmp_path) == [str(folder.path)]
    root = tmp_path / "other root"
    assert as_typed("demo", root) == ["demo", "--root", str(root)]
    words = command("experiment", "run", *as_typed("demo", root))
    assert words == f"python -m experiment run demo --root '{root}'"


def test_commands_in_messages_are_quoted_too():
    """A path that is set into the words of a command is not as a shell takes it."""
    begun = re.compile(rf"python -m ({'|'.join(ROOMS)})\b[^`]*$")
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        for text in ast.walk(ast.parse(code)) if "python -m" in code else []:
            words = text.values if isinstance(text, ast.JoinedStr) else []
            for part in (part.value for part in words[:-1] if isinstance(part, ast.Constant)):
                assert not begun.search(str(part)), f"{path}:{text.lineno}: typed_command quotes"


def test_a_study_that_has_not_begun_is_meant_by_its_file(folder, tmp_path):
    assert folder.typed == (str(folder.path),)
    source = tmp_path / "my study.yaml"
    shutil.copy(folder.study_file, source)
    refused = in_process("experiment", "status", str(source), "--root", str(tmp_path / "new"))
    build = f"python -m conditions build '{source}' --root {tmp_path / 'new'} --participants N"
    assert build in refused.stdout
    begun = open_study(str(source), tmp_path / "new")
    assert begun.typed == (str(begun.path),)
    assert open_study("demo", Path("studies"), make=False).typed == ("demo",)


@pytest.mark.parametrize(
    ("word", "typed"),
    [
        (r"studies\demo", r"studies\demo"),
        (r"C:\Übung\a_1.yaml", r"C:\Übung\a_1.yaml"),
        (r"C:\my studies", r'"C:\my studies"'),
        ("R&D", '"R&D"'),
        ("demo (2)", '"demo (2)"'),
        # PowerShell makes a list of it.
        ("1,3", '"1,3"'),
        ("C:\\my studies\\", '"C:\\my studies\\\\"'),
        ("", '""'),
    ],
)
def test_what_windows_shells_take_for_their_own_is_quoted(word, typed):
    assert for_windows(word) == typed
