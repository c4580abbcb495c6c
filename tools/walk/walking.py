"""Takes the steps of a walk, one after the other, until its end or the first that fails."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console

from conditions.commands.progress import Told
from experiment.keyboard.queues import require_real_time
from tools.walk.commands import (
    needs_virtual_screen,
    run_hidden,
    run_with_person,
    virtual_screen,
)
from tools.walk.display import Display, display_for
from tools.walk.step import State, Step, Walk, Walked

INTERRUPTED = 130
ENDING = (signal.SIGINT, signal.SIGTERM)
# Of what a step that failed has printed, the last lines are shown.
LAST_LINES = 20


def take(walk: Walk, console: Console) -> int:
    """Take all steps.

    A step whose result is there is run as well: its command knows best what is missing, and says
    so soon.

    Returns
    -------
    int
        0, or the exit code of the step that failed; 130 after an interrupt.

    Raises
    ------
    StudyError
        Where sessions are to come and this user may not listen to keys in real time, or where a
        virtual screen is wanted and there is none.
    """
    if any(step.window and not step.is_done() for step in walk.steps):
        # Else it would be said after the images, minutes later.
        require_real_time()
    walk.folder.mkdir(parents=True, exist_ok=True)
    begun = datetime.now().astimezone().isoformat(timespec="seconds")
    with walk.log.open("a", encoding="utf-8") as log:
        log.write(f"\n# {begun} {walk.name}\n")
    walked = [Walked(step, step.is_done()) for step in walk.steps]
    person = any(step.person for step in walk.steps)
    windows = any(step.window for step in walk.steps)
    environment = dict(os.environ)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_ended_as_interrupted())
        if windows and needs_virtual_screen(environment, person):
            environment = stack.enter_context(virtual_screen(environment))
        display = display_for(console, walk.title, walked)
        number = 0
        with display:
            try:
                for number in range(len(walked)):
                    code = _take(walked, number, walk.log, environment, display)
                    if code:
                        break
            except KeyboardInterrupt:
                walked[number].state = State.STOPPED
                display.show(number)
                code = INTERRUPTED
    _tell_end(walk, walked, number, code, console)
    return code


def _take(
    walked: Sequence[Walked],
    number: int,
    log: Path,
    environment: dict[str, str],
    display: Display,
) -> int:
    one = walked[number]
    before = _content(one.step)
    one.state = State.RUNNING
    display.show(number)
    started = time.monotonic()
    if one.step.person:
        # Its display would write over what the session tells its operator.
        display.__exit__(None, None, None)
        code = run_with_person(one.step)
        display.__enter__()
    else:

        def look(told: Told | None) -> None:
            one.seconds = time.monotonic() - started
            if told is not None:
                one.hear(told.phase, told.share)
            display.show(number)

        def stopping() -> None:
            one.state = State.STOPPING
            display.show(number)

        code = run_hidden(one.step, log, environment, look, stopping)
    one.seconds = time.monotonic() - started
    # Who stops a session of theirs does not want the next one.
    if code == INTERRUPTED or (code == 0 and one.step.person and not one.step.is_done()):
        one.state, code = State.STOPPED, INTERRUPTED
    elif code:
        one.state = State.FAILED
    else:
        there = one.there and before is not None and before == _content(one.step)
        one.state = State.WAS_THERE if there else State.DONE
    display.show(number)
    return code


def _content(step: Step) -> bytes | None:
    """What its result holds; None where it has none, or it is not there."""
    if step.result is None or not step.result.is_file():
        return None
    return step.result.read_bytes()


@contextlib.contextmanager
def _ended_as_interrupted() -> Iterator[None]:
    """Let the request to end, as systems send it, stop a walk as cleanly as an interrupt.

    A script's shell lets what it starts in the background ignore interrupts, and the commands that
    a walk starts would ignore them too: they are heard here, so that those can be stopped.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell_end(
    walk: Walk, walked: Sequence[Walked], number: int, code: int, console: Console
) -> None:
    step = walked[number].step
    failed = f"Failed (exit code {code}): {step.title}"
    if code == 0:
        lines = [*walk.look_at, f"What the commands have printed is in {walk.log}."]
    elif code == INTERRUPTED:
        again = "goes on from here" if walk.goes_on else "begins anew, in another folder"
        lines = [f"Stopped at: {step.title}. Begun again, it {again}."]
    elif step.person:
        lines = [f"{failed}; what was wrong stands above."]
    else:
        lines = [*last_lines(walk.log), "", f"{failed}. All that it printed is in {walk.log}."]
    console.print("\n".join(["", *lines]), soft_wrap=True)


def last_lines(log: Path) -> list[str]:
    """The end of what the last command has printed."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith("$ python -m ")]
    return lines[begins[-1] :][-LAST_LINES:] if begins else lines[-LAST_LINES:]
