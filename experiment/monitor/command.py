"""``python -m experiment monitor``: how sessions go, in a second terminal or on a second screen."""

import sys
import time
from datetime import datetime
from typing import Annotated

import psutil
import typer
from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from conditions.commands.command_line import DEFAULT_ROOT, NextStep, RootOption, StudyArgument
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.next_step import as_typed, command
from experiment.monitor.drawing import drawn
from experiment.monitor.watching import View, Watch


def monitor_study(
    study: StudyArgument,
    once: Annotated[
        bool, typer.Option("--once", help="Print how things stand now, and end.")
    ] = False,
    every: Annotated[
        float, typer.Option(help="Seconds between two looks.", min=0.2, max=3600)
    ] = 1.0,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Show how the sessions of a study go while they run; Ctrl-C ends it.

    Progress, accuracy, reaction times, dropped frames, pauses and the time left. It reads files
    only, writes and locks none: beside the session, or on any computer that sees the folder.
    """
    folder = open_study(study, root, make=False)
    console = Console(highlight=False, markup=False, emoji=False)
    screen = Screen(folder, Watch(folder))
    then = command("experiment", "status", *as_typed(study, root))
    if once or not sys.stdout.isatty():
        console.print(screen.look())
        return then
    _stand_back()
    try:
        with Live(screen.look(), console=console, screen=True, auto_refresh=False) as live:
            while True:
                time.sleep(every)
                live.update(screen.look(), refresh=True)
    except KeyboardInterrupt:
        console.print(screen.last)
    return then


class Screen:
    """What is shown; where nothing can be read, what was there before, and why.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    watch : Watch
        Looks at it.
    """

    def __init__(self, folder: StudyFolder, watch: Watch) -> None:
        self._folder, self._watch = folder, watch
        self._view = View((), (), 0, ())
        self.last: RenderableType = Text()

    def look(self) -> RenderableType:
        """Look once more."""
        gone = ""
        try:
            self._view = self._watch.look()
        except OSError as error:
            gone = f"{error.filename or self._folder.path}: {error.strerror or error}"
        except StudyError as error:
            gone = str(error)
        self.last = drawn(self._folder, self._view, datetime.now(), gone)
        return self.last


def _stand_back() -> None:
    """Leave the processor to a session on this computer."""
    try:
        psutil.Process().nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10))
    except (psutil.Error, OSError):
        # It is a courtesy: where it is not permitted, the view goes on as it is.
        return
