"""The walks that make's targets are: commands and options that there are, results in the folder."""

import importlib

import pytest
import typer

from tests.conftest import command
from tools.walk.walks import WALKS


@pytest.mark.parametrize("name", sorted(WALKS))
@pytest.mark.parametrize("observer", ["scripted", "human"])
def test_every_step_is_a_command_with_options_that_it_takes(name, observer):
    walk = WALKS[name](observer)
    for step in walk.steps:
        room, called, *words = step.command
        app = typer.main.get_command(importlib.import_module(f"{room}.__main__").app)
        # Raises for an option or an argument that the command does not know.
        app.commands[called].make_context(called, list(words))
        assert step.result is None or step.result.is_relative_to(walk.folder)


def test_a_person_answers_the_sessions_of_a_demo_and_a_script_rehearses():
    assert sum(step.person for step in WALKS["demo"]("human").steps) == 2
    assert not any(step.person for step in WALKS["demo"]("scripted").steps)
    assert not any(step.person for step in WALKS["rehearse"]("human").steps)


def test_another_walk_is_refused_in_a_line():
    done = command("tools.walk", "stroll")
    assert done.returncode == 2
    wanted = "found no such walk, wanted one of demo, visualisations, rehearse"
    assert done.stderr == f"tools.walk: stroll: {wanted}\n"


@pytest.mark.parametrize("observer", ["humen", "", "--help"])
def test_another_observer_is_refused_before_anything_is_made(observer):
    done = command("tools.walk", "demo", f"--observer={observer}")
    assert done.returncode == 2
    assert done.stderr == f"tools.walk: OBSERVER: found {observer!r}, wanted scripted or human\n"
