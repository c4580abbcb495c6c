"""Runs the command of a step: out of sight into the log, or in a person's hands.

On Windows an interrupt reaches the command from the terminal itself. Not run there, nor on macOS.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from conditions.commands.command_line import NEXT_STEP
from conditions.commands.progress import PROGRESS_FILE, Told, told
from conditions.errors import StudyError
from tools.walk.step import Step

# Seconds between looks at a command that runs, and what it has to stop when it is asked to.
LOOK_S = 0.2
STOP_S = 60.0
# It is the walk that says what comes next.
_LEADS = {NEXT_STEP: "off"}
_SERVER = ("-screen", "0", "1920x1080x24", "-noreset", "-nolisten", "tcp")


def run_hidden(
    step: Step,
    log: Path,
    environment: Mapping[str, str],
    look: Callable[[Told | None], None],
    stopping: Callable[[], None],
) -> int:
    """Run a step's command; what it prints goes to the end of the log.

    Parameters
    ----------
    step : Step
    log : Path
        A text file, which is made where it is not there.
    environment : mapping
        Of the command.
    look : callable
        Called some times a second with what the command has told of its progress.
    stopping : callable
        Called at an interrupt, before the command is waited for.

    Returns
    -------
    int
        Exit code, as a shell gives it: 128 and more for one that was ended by a signal.

    Raises
    ------
    KeyboardInterrupt
        Once the command has stopped, after an interrupt.
    """
    with tempfile.TemporaryDirectory(prefix="walk-") as folder, log.open("ab") as printed:
        telling = Path(folder) / "progress"
        printed.write(f"\n$ python -m {' '.join(step.command)}\n".encode())
        printed.flush()
        child = subprocess.Popen(
            [sys.executable, "-m", *step.command],
            env={**environment, **_LEADS, PROGRESS_FILE: str(telling)},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            # An interrupt at the terminal reaches it through us, once, and not its screen.
            start_new_session=True,
        )
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    code = child.wait(LOOK_S)
                    return code if code >= 0 else 128 - code
                look(told(telling))
        except KeyboardInterrupt:
            stopping()
            _stop(child)
            raise
        except BaseException:
            # Nobody is left who shows it: a closed pipe, a full disk.
            _stop(child)
            raise


def run_with_person(step: Step) -> int:
    """Run a step's command with this terminal and the person's screen."""
    child = subprocess.Popen([sys.executable, "-m", *step.command], env={**os.environ, **_LEADS})
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            # The command has got it too, and ends as it ends when it is run alone.
            continue
        return code if code >= 0 else 128 - code


def _stop(child: subprocess.Popen) -> None:
    if os.name == "posix":
        _signal(child, signal.SIGINT)
    try:
        child.wait(STOP_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        # Asked a second time, or it hears nothing.
        _signal(child, signal.SIGKILL) if os.name == "posix" else child.kill()
        child.wait()


def _signal(child: subprocess.Popen, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def needs_virtual_screen(environment: Mapping[str, str], person: bool) -> bool:
    """Whether windows need a screen that nobody sees.

    A script needs no person in front of a screen: without one of X11 it gets a virtual one.
    """
    if person or sys.platform != "linux":
        return False
    return bool(environment.get("WAYLAND_DISPLAY")) or not environment.get("DISPLAY")


@contextlib.contextmanager
def virtual_screen(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """An environment with a virtual full HD screen, as long as it is needed.

    Raises
    ------
    StudyError
        Where there is no server for it.
    """
    read, write = os.pipe()
    try:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), *_SERVER],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except FileNotFoundError:
        os.close(read)
        raise StudyError(
            "Xvfb: found none, wanted this virtual screen for the scripted sessions; install it "
            "(Debian and Ubuntu: apt-get install xvfb), or sit down yourself with OBSERVER=human"
        ) from None
    finally:
        os.close(write)
    try:
        with os.fdopen(read) as stream:
            number = stream.readline().strip()
        if not number:
            raise StudyError("Xvfb: the virtual screen for the scripted sessions did not start")
        # What a desktop says of itself is not true of that screen.
        desktop = ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XAUTHORITY")
        around = {name: value for name, value in environment.items() if name not in desktop}
        yield around | {"DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait()
