"""Whether a command is one that its program takes: its name, options and their values."""

import importlib.util
import re
import subprocess
from itertools import pairwise

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from tests.documents.blocks import ROOT

ROOMS = ("conditions", "stimgen", "experiment", "analysis")


def fault(words: list[str], whole: bool = True) -> str | None:
    """What is wrong with a command, without running it; None where nothing is.

    One that is not whole, as in a sentence, may lack its arguments.
    """
    match words:
        case ["python", "-m", room, *arguments] if room in ROOMS:
            return _of_room(room, arguments, whole)
        case ["python", "-m", module, *_]:
            return None if importlib.util.find_spec(module) else f"no module {module}"
        case ["make", *arguments]:
            return _of_make(arguments)
        case ["pip", "install", *arguments]:
            return _of_pip(arguments)
        case ["tools/setup.sh", file]:
            return _of_pip(["-r", file])
        case ["source", file]:
            return None if file == ".venv/bin/activate" else f"{file}: no such file"
        case ["py", version, "-m", "venv", ".venv"] if re.fullmatch(r"-3\.1[0-2]", version):
            return None
        case [".venv/Scripts/activate"]:
            return None
    return "not a command that is known"


def _of_room(room: str, arguments: list[str], whole: bool) -> str | None:
    app = typer.main.get_command(importlib.import_module(f"{room}.__main__").app)
    assert isinstance(app, TyperGroup)
    if not arguments:
        return f"{room}: a command is missing" if whole else None
    name, *rest = arguments
    command = app.commands.get(name)
    if command is None:
        return f"{room} has no command {name}"
    if not rest and not whole:
        return None
    try:
        command.make_context(name, rest)
    except TyperException as error:
        return getattr(error, "message", None) or repr(error)
    return None


def _of_make(arguments: list[str]) -> str | None:
    done = subprocess.run(
        ["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stderr.strip() or "make fails" if done.returncode else None


def _of_pip(arguments: list[str]) -> str | None:
    files = [file for option, file in pairwise(arguments) if option == "-r"]
    missing = [file for file in files if not (ROOT / file).is_file()]
    return f"{missing[0]}: no such file" if missing else None
