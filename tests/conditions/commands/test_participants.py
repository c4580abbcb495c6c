"""Participants as command lines name them."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from conditions.commands.participants import HIGHEST_NUMBER, in_ranges, parse_participants
from conditions.errors import StudyError
from tests.conftest import in_process

ROOMS = ["stimgen", "conditions", "experiment", "analysis"]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("7", [7]),
        ("1-3,7", [1, 2, 3, 7]),
        (" 3 , 1 - 2 ", [1, 2, 3]),
        ("007", [7]),
        # A dash from a word processor, one from a web page.
        ("1–3", [1, 2, 3]),
        ("1—2,2−4", [1, 2, 3, 4]),
        ("2,2,1-2", [1, 2]),
        ("all", [5, 9]),
        (" ALL ", [5, 9]),
    ],
)
def test_what_people_type(typed, numbers):
    assert parse_participants(typed, lambda: [5, 9]) == numbers


@pytest.mark.parametrize(
    "typed",
    ["", "x", "1-", "-3", "1;2", "3-1", "0", "1,,2", "1,", "1-3-5", "1.5", "sub-001", "all,7"],
)
def test_what_is_none_is_refused(typed):
    with pytest.raises(StudyError, match=r"^--participants: "):
        parse_participants(typed, lambda: [5])
    with pytest.raises(StudyError, match="is no range of numbers from 1 up to 99999"):
        parse_participants(f"1-{HIGHEST_NUMBER + 1}")


def test_all_is_refused_where_nobody_is_there_yet():
    with pytest.raises(StudyError, match="found 'all', wanted numbers as in 7, 1-24 or 1,3,5-8"):
        parse_participants("all")


@given(st.sets(st.integers(1, 60), min_size=1))
def test_ranges_are_read_as_they_are_written(numbers):
    assert parse_participants(in_ranges(list(numbers))) == sorted(numbers)


def test_both_options_are_the_same_in_every_command():
    found: dict[str, list] = {"--participant": [], "--participants": []}
    for room in ROOMS:
        commands = get_command(importlib.import_module(f"{room}.__main__").app).commands
        for name, one in commands.items():
            for option in one.params:
                for flag in set(option.opts) & set(found):
                    if not option.hidden:
                        found[flag].append((f"{room} {name}", option))
    assert len(found["--participant"]) == 7
    assert [where for where, _ in found["--participants"]] == [
        "conditions build",
        "experiment machine",
        "experiment web",
        "experiment rehearsal",
    ]
    for where, option in found["--participant"]:
        assert (option.min, option.max) == (1, HIGHEST_NUMBER), where
        assert option.help.startswith("Number of the participant"), where
    assert len({option.help for _, option in found["--participants"]}) == 1


@pytest.mark.parametrize("name", ["power", "plan"])
def test_how_many_there_are_to_be_is_another_question(name, tmp_path):
    command = ("analysis", name, "demo", "--root", str(tmp_path), "--participants", "6,8")
    done = in_process(*command)
    assert done.returncode == 2
    assert "how many there are to be is said with --sample-sizes, as in --sample-sizes 6,8" in (
        done.stderr
    )
    assert not list(tmp_path.iterdir())


def test_a_rehearsal_is_for_those_who_are_named(tmp_path):
    done = in_process(
        "experiment", "rehearsal", "demo", "--participants", "3", "--root", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    place = tmp_path / "rehearsal_demo"
    assert [path.name for path in (place / "conditions").glob("*.csv")] == ["participant-003.csv"]
    assert done.stdout.splitlines() == [
        f"{place}: stand-ins and the trials of participant 3 are there",
        f"Next: python -m experiment run {place} --participant 3",
    ]
