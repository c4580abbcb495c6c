"""A study in which one thing is damaged: whatever it is, a command says so or does without it.

Each seed makes one case: a copy of a small study, one mutation of one file (or of the folder), one
command that reads it. No traceback, exit codes 0 and 2 only, messages that name a file or field,
no byte of data changed, and no silence where silence is wrong.

    pytest tests/fuzz                      the first 100 cases, and the kinds that are quick to try
    make test-thorough                     1,000 cases, and all kinds
    FUZZ=1000 pytest tests/fuzz -k replay  as many as are wanted: three in a second of CPU
    FUZZ=417-417 pytest tests/fuzz -k replay -s    one of them again, with what it prints
"""

import os
from pathlib import Path
from zlib import crc32

import pytest

from tests.fuzz.bases import Base, make_base
from tests.fuzz.cases import Case, run_case, said_lines
from tests.fuzz.commands import COMMANDS, Command, execute, prepare
from tests.fuzz.mutations import FILES, TREES, Mutation

FAST, ALL, CHUNK = 100, 200, 10
SLOW = ("report", "compare")
thorough = pytest.mark.skipif("FUZZ" not in os.environ, reason="FUZZ=1000, or FUZZ=417-417")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> tuple[Base, dict[str, set[str]]]:
    """The undamaged study, and what each command says of it."""
    root = tmp_path_factory.mktemp("fuzz")
    with pytest.MonkeyPatch.context() as patch:
        prepare(patch)
        base = make_base(root / "base")
        usual = {}
        for command in COMMANDS:
            copy = base.copy(root / f"usual_{command.name}")
            done = execute(command, copy)
            assert done.crash is None, done.crash
            assert done.at_window == (command.name in ("run", "resume")), done.err
            assert done.code == 0, f"{command.name}: {done.err}"
            usual[command.name] = said_lines(done, copy)
        yield base, usual


@pytest.fixture
def patched(monkeypatch) -> pytest.MonkeyPatch:
    prepare(monkeypatch)
    return monkeypatch


def run_cases(seeds: range, study: tuple, root: Path) -> list[Case]:
    base, usual = study
    return [run_case(seed, base, root, usual) for seed in seeds]


def check(cases: list[Case]) -> None:
    wrong = [str(case) for case in cases if case.faults]
    assert not wrong, "\n\n" + "\n".join(wrong)


@pytest.mark.parametrize("first", range(0, FAST, CHUNK))
def test_a_damaged_study_is_refused_or_done_without(first, study, tmp_path, patched):
    check(run_cases(range(first, first + CHUNK), study, tmp_path))


def kinds(slow: bool) -> list:
    """Each mutation that is not to be accepted in silence, with each command that must speak."""
    by_name = {command.name: command for command in COMMANDS}
    return [
        pytest.param(mutation, by_name[name], id=f"{name}: {mutation.name}")
        for mutation in (*FILES, *TREES)
        for name in mutation.silent_is_wrong
        if (name in SLOW) == slow
    ]


def check_kind(mutation: Mutation, command: Command, study: tuple, root: Path) -> None:
    base, usual = study
    seed = crc32(mutation.name.encode())
    check([run_case(seed, base, root, usual, (mutation, command))])


@pytest.mark.parametrize(("mutation", "command"), kinds(slow=False))
def test_no_kind_is_accepted_in_silence(mutation, command, study, tmp_path, patched):
    check_kind(mutation, command, study, tmp_path)


@thorough
@pytest.mark.slow
@pytest.mark.parametrize(("mutation", "command"), kinds(slow=True))
def test_no_kind_is_missing_from_the_report(mutation, command, study, tmp_path, patched):
    check_kind(mutation, command, study, tmp_path)


@thorough
@pytest.mark.slow
@pytest.mark.parametrize("first", range(FAST, ALL, 10 * CHUNK))
def test_a_damaged_study_in_more_ways(first, study, tmp_path, patched):
    check(run_cases(range(first, min(ALL, first + 10 * CHUNK)), study, tmp_path))


@thorough
def test_replay(study, tmp_path, patched):
    first, _, last = os.environ["FUZZ"].rpartition("-")
    cases = run_cases(range(int(first or 0), int(last) + bool(first)), study, tmp_path)
    for case in cases:
        if len(cases) == 1:
            print(case, case.done.out, case.done.err, case.done.crash, sep="\n")
    check(cases)
