"""The command lines that the fuzz runs, in process, through the edge of ``python -m ROOM``."""

import contextlib
import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from unittest.mock import patch

import pytest

from conditions.commands.command_line import run
from tests.fuzz.bases import FREE, STOPPED, Base

SECONDS = 30
STUDY = "studies/rehearsal_fuzz"


@dataclass(frozen=True)
class Command:
    """A command line, the files that it reads, and those that it may make or let grow.

    ``arguments`` are formatted with the attributes of :class:`Base` and ``root``. ``reads`` are
    patterns of files below the root; ``grows`` of those that it may change by adding to them.
    """

    name: str
    room: str
    arguments: tuple[str, ...]
    reads: tuple[str, ...]
    makes: tuple[str, ...] = ()
    grows: tuple[str, ...] = ()
    weight: int = 2


@dataclass(frozen=True)
class Done:
    """How a command ended: ``crash`` is a traceback, or None."""

    code: object
    out: str
    err: str
    crash: str | None = None
    at_window: bool = False
    arguments: list[str] = field(default_factory=list)


class WindowWouldOpenError(Exception):
    """A session is good to begin."""


class TooLongError(BaseException):
    """A command hangs."""


_PLAN = (f"{STUDY}/study.yaml", f"{STUDY}/conditions/*.csv")
_SESSIONS = tuple(
    f"{STUDY}/data/sub-00{n}/{name}"
    for n in (1, 1, 3)
    for name in ("trials.csv", "trials.csv", "ratings.csv", "session.json")
)
_DATA = (*_SESSIONS, f"{STUDY}/data/participants.tsv")
_IMAGES = (f"{STUDY}/stimuli/*.csv", f"{STUDY}/stimuli/stimuli.csv", f"{STUDY}/stimuli/*.png")
_BEGINS = (*_PLAN, *_IMAGES, "lab.yaml", "script.yaml", f"{STUDY}/data/participants.tsv")
_LOCKS = ("*.lock",)
_RUN = ("run", "{study}", "--observer", "scripted", "--script", "{script}", "--rig")
_MACHINES = (f"{STUDY}/machine/*.csv", f"{STUDY}/machine/*.json")

COMMANDS = (
    Command("describe", "conditions", ("describe", "{design}"), ("fuzz.yaml",), weight=5),
    Command(
        "build",
        "conditions",
        ("build", "{study}", "--participants", "1-6"),
        _PLAN,
        (f"{STUDY}/conditions/*", f"{STUDY}/conditions"),
        (f"{STUDY}/conditions/provenance.json",),
    ),
    Command("check", "conditions", ("check", "{study}"), (*_PLAN, *_IMAGES), weight=3),
    Command("status", "experiment", ("status", "{study}"), (*_PLAN, *_DATA), weight=4),
    Command(
        "run",
        "experiment",
        (*_RUN, "{rig}", "--participant", str(FREE)),
        _BEGINS,
        _LOCKS,
        weight=6,
    ),
    Command(
        "resume",
        "experiment",
        (*_RUN, "full_hd", "--participant", str(STOPPED), "--resume", "--observer", "human"),
        (*_PLAN, *(f"{STUDY}/data/sub-003/{name}" for name in ("*.csv", "*.json", "*.yaml"))),
        (*_LOCKS, f"{STUDY}/data/sub-003/*.torn-*.txt", f"{STUDY}/data/sub-003/*.damaged-*.json"),
        # A torn row is mended before the checks: what was cut off lies beside the table.
        (f"{STUDY}/data/sub-003/*.csv",),
        weight=5,
    ),
    Command(
        "rehearsal",
        "experiment",
        ("rehearsal", "{design}", "--fast", "--root", "{root}/new"),
        ("fuzz.yaml",),
        ("new/*", "new"),
    ),
    Command(
        "merge",
        "experiment",
        ("merge", "{study}", "{other}"),
        (*_PLAN, *_DATA, "other/*.csv", "other/*.json", "other/*.tsv", "other/*.yaml"),
        (f"{STUDY}/*", *_LOCKS),
        (f"{STUDY}/data/*",),
        weight=4,
    ),
    Command(
        "join",
        "experiment",
        ("join", "{study}"),
        (f"{STUDY}/data/sub-003/*", f"{STUDY}/data/sub-003/*", "home/*.csv", "home/*.json"),
        (f"{STUDY}/data/*", *_LOCKS),
        (f"{STUDY}/data/sub-003/*",),
        weight=4,
    ),
    Command(
        "machine",
        "experiment",
        ("machine", "{study}", "--participants", "1-2", "--embedding", "pixels"),
        (*_PLAN, *_IMAGES, *_MACHINES),
        (f"{STUDY}/machine/*", f"{STUDY}/machine", *_LOCKS),
    ),
    Command(
        "session",
        "analysis",
        ("session", "{study}", "1"),
        (*_PLAN, *_DATA),
        (f"{STUDY}/report/*", f"{STUDY}/report"),
        weight=5,
    ),
    Command(
        "report",
        "analysis",
        ("report", "{study}"),
        (f"{STUDY}/study.yaml", *_DATA, *_DATA, f"{STUDY}/data/*.yaml"),
        (f"{STUDY}/report/*", f"{STUDY}/report"),
        weight=1,
    ),
    Command(
        "bids",
        "analysis",
        ("bids", "{study}", "{root}/bids"),
        (f"{STUDY}/study.yaml", *_DATA),
        ("bids/*", "bids"),
        weight=3,
    ),
    Command(
        "difficulty",
        "analysis",
        ("difficulty", "{study}"),
        _MACHINES,
        (f"{STUDY}/report/*", f"{STUDY}/report"),
    ),
    Command(
        "compare",
        "analysis",
        ("compare", "{study}"),
        (*_MACHINES, *_DATA),
        (f"{STUDY}/report/*", f"{STUDY}/report"),
        weight=1,
    ),
    Command(
        "power",
        "analysis",
        (
            *("power", "{study}", "--pilot", "{study}", "--sample-sizes", "6"),
            *("--trials", "10", "--simulations", "100"),
        ),
        _DATA,
        (f"{STUDY}/report/*", f"{STUDY}/report"),
        weight=1,
    ),
    Command(
        "preview",
        "stimgen",
        ("preview", "{study}"),
        (f"{STUDY}/study.yaml", f"{STUDY}/stimuli/*.csv"),
        (f"{STUDY}/stimuli/preview.html",),
    ),
)


def line_of(command: Command, base: Base) -> list[str]:
    """The command's arguments for one copy of the study."""
    places = {name: getattr(base, name) for name in ("root", "study", "other", "design")}
    places |= {"rig": base.rig, "script": base.script}
    return [argument.format(**places) for argument in command.arguments]


def execute(command: Command, base: Base, encoding: str = "utf-8") -> Done:
    """Run a command on one copy of the study, in this process, with a console of an encoding."""
    room, arguments = command.room, line_of(command, base)
    # Only join is to find rescued answers: they would stop a session from being gone on with.
    home = base.home if command.name == "join" else base.root
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    code: object = 0
    crash, at_window = None, False
    app = importlib.import_module(f"{room}.__main__").app
    before, sys.argv = sys.argv, [room, *arguments]
    try:
        with (
            contextlib.redirect_stdout(streams[0]),
            contextlib.redirect_stderr(streams[1]),
            patch.dict(os.environ, HOME=str(home)),
            _limited(),
        ):
            run(app, room)
    except SystemExit as end:
        code = end.code or 0
    except WindowWouldOpenError:
        at_window = True
    except (Exception, TooLongError):
        code, crash = None, traceback.format_exc()
    finally:
        sys.argv = before
    out, err = (_text(stream) for stream in streams)
    return Done(code, out, err, crash, at_window, arguments)


def prepare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop sessions where their window would open, and reports where they take seconds."""
    import analysis.planning.machines.comparison as comparison
    import analysis.statistics.answering.reliability as reliability
    import analysis.writing.page as page
    import experiment.session.running as running

    def at_window(*_: object) -> None:
        raise WindowWouldOpenError

    # No command needs a screen before that.
    monkeypatch.setattr(running, "machine_checks", lambda *_: [])
    monkeypatch.setattr(running, "settle_home", lambda: None)
    monkeypatch.setattr(running, "open_window", at_window)
    monkeypatch.setattr(page, "rendered", lambda *_: b"\x89PNG")
    monkeypatch.setattr(comparison, "RESAMPLES", 20)
    monkeypatch.setattr(reliability, "SPLITS", 10)


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise TooLongError(f"more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode(stream.encoding, errors="replace")  # type: ignore[attr-defined]
