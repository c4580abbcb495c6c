"""Whether benchmarks take the arguments that the pages give: ``MODULE ARGUMENT … -- MODULE …``.

A process of its own: some import the making of images, some PsychoPy, which do not go together
once there is a window.
"""

import argparse
import runpy
import sys
from collections.abc import Callable
from typing import Any, NoReturn
from unittest.mock import patch

import typer

# The arguments were taken; the measuring would begin now.
TAKEN = "taken"
_PARSE = argparse.ArgumentParser.parse_args


def _parse(parser: argparse.ArgumentParser, *given: Any) -> NoReturn:
    _PARSE(parser, *given)
    raise SystemExit(TAKEN)


def _run(function: Callable[..., None]) -> NoReturn:
    app = typer.Typer(add_completion=False)
    app.command()(function)
    typer.main.get_command(app).make_context("benchmark", sys.argv[1:])
    raise SystemExit(TAKEN)


def main(words: list[str]) -> None:
    """Try one command after the other; the first that is not taken ends with a traceback."""
    while words:
        end = words.index("--") if "--" in words else len(words)
        module, *arguments = words[:end]
        words = words[end + 1 :]
        with (
            patch.object(argparse.ArgumentParser, "parse_args", _parse),
            patch.object(typer, "run", _run),
            patch.object(sys, "argv", [module, *arguments]),
        ):
            try:
                runpy.run_module(module, run_name="__main__")
            except SystemExit as end:
                if end.code != TAKEN:
                    raise
                print(module, *arguments, TAKEN)


if __name__ == "__main__":
    main(sys.argv[1:])
