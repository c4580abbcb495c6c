"""Walks of small commands: to the end, to a step that fails, to an interrupt; what is shown."""

import io
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from rich.console import Console

from conditions.errors import StudyError
from tools.walk import commands
from tools.walk.commands import needs_virtual_screen, virtual_screen
from tools.walk.display import MovingList, left
from tools.walk.step import State, Step, Walk, Walked
from tools.walk.walking import take
from tools.walk.walks import WALKS

TALKING = """
import os, sys
for share in (0.25, 0.75, 1.0):
    with open(os.environ["LABORATORY_PROGRESS_FILE"], "a") as file:
        file.write(f"{share} Scanning\\n")
print("a line for the log")
print(sys.stdin.read() or "no input")
"""
FAILING = """
import sys
print("\\n".join(f"line {n}" for n in range(40)))
sys.exit("room: wrong, wanted right") if len(sys.argv) < 2 else sys.exit(int(sys.argv[1]))
"""
ENDED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
WAITING = """
import sys, time
from pathlib import Path
try:
    Path("begun").touch()
    time.sleep(60)
except KeyboardInterrupt:
    Path("stopped").touch()
    sys.exit(1)
"""
WRITING = "from pathlib import Path; Path('result').touch()"
ADDING = "open('result', 'a').write('more')"


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder with small modules to be run."""
    modules = {"talking": TALKING, "failing": FAILING, "ended": ENDED, "waiting": WAITING}
    for name, code in {**modules, "writing": WRITING, "adding": ADDING}.items():
        (tmp_path / f"{name}_command.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands, "LOOK_S", 0.02)
    return tmp_path


def step(name: str, *words: str, **more) -> Step:
    return Step(f"Step {name}", (f"{name}_command", *words), 1, **more)


def taken(here: Path, *steps: Step) -> tuple[int, str, str]:
    """Exit code, what was shown, and the log of a walk of these steps."""
    shown = io.StringIO()
    walk = Walk("small", "A small walk", here / "study", steps, ("Look at it.",))
    code = take(walk, Console(file=shown, width=60))
    return code, shown.getvalue(), walk.log.read_text(encoding="utf-8")


def test_a_walk_to_its_end_in_plain_lines_with_all_output_in_the_log(here):
    code, shown, log = taken(here, step("talking"), step("writing", result=here / "result"))
    assert code == 0
    lines = shown.splitlines()
    assert lines[0] == "A small walk"
    assert lines[1].startswith("[1/2] Step talking – a few seconds left")
    assert "[2/2] Step writing" in shown
    assert lines[-2:] == [
        "Look at it.",
        f"What the commands have printed is in {here / 'study' / 'small.log'}.",
    ]
    assert "\x1b" not in shown
    assert "a line for the log" not in shown
    assert "a line for the log\nno input" in log
    assert log.index("$ python -m talking_command") < log.index("$ python -m writing_command")


def test_what_was_there_and_is_left_as_it_is_is_shown_so_and_the_log_goes_on(here):
    steps = step("writing", result=here / "result", again=2), step("talking")
    assert "was done before" not in taken(here, *steps)[1]
    code, shown, log = taken(here, *steps)
    assert code == 0
    assert shown.count("was done before") == 1
    assert log.count("$ python -m writing_command") == 2
    # There as well, and not left as it was.
    assert "was done before" not in taken(here, step("adding", result=here / "result"))[1]


def test_a_result_that_is_there_but_not_complete_is_not_done(here):
    (here / "session.json").write_text('{"state": "stopped"}', encoding="utf-8")
    holds = {"result": here / "session.json", "holds": '"state": "complete"'}
    assert not step("writing", **holds).is_done()
    (here / "session.json").write_text('{"state": "complete"}', encoding="utf-8")
    assert step("writing", **holds).is_done()


def test_a_step_that_fails_ends_the_walk_with_its_code_its_last_lines_and_where_all_is(here):
    code, shown, log = taken(here, step("failing", "2"), step("writing"))
    assert code == 2
    assert not (here / "result").exists()
    assert "line 39" in shown
    assert "line 3\n" not in shown
    assert "line 3\n" in log
    assert shown.endswith(
        "Failed (exit code 2): Step failing. All that it printed is in "
        f"{here / 'study' / 'small.log'}.\n"
    )
    assert taken(here, step("failing"))[1].splitlines()[-3] == "room: wrong, wanted right"


def test_a_command_that_was_ended_by_a_signal_fails_as_in_a_shell(here):
    assert taken(here, step("ended"))[0] == 128 + signal.SIGKILL


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["shown", "background"])
def interrupts(request):
    """How interrupts are taken where a walk begins: as usual, or not, as behind a script's &."""
    before = signal.signal(signal.SIGINT, request.param)
    yield request.param
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_lets_the_command_stop_and_ends_the_walk(here, interrupts, number):
    def interrupt() -> None:
        while not (here / "begun").exists():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    threading.Thread(target=interrupt).start()
    before = signal.getsignal(signal.SIGTERM)
    code, shown, _ = taken(here, step("waiting"), step("writing"))
    assert code == 130
    assert (here / "stopped").exists()
    assert not (here / "result").exists()
    assert shown.endswith("\nStopped at: Step waiting. Begun again, it goes on from here.\n")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == (
        interrupts,
        before,
    )


def test_a_persons_session_has_the_terminal_and_none_of_it_is_in_the_log(here, capfd):
    mine = {"person": True, "result": here / "result"}
    code, shown, log = taken(here, step("writing", **mine), step("failing", "3", **mine))
    assert code == 3
    assert "[1/2] Step writing (yours) – a few seconds left, and 2 sessions of yours" in shown
    assert "[2/2] Step failing (yours) – a few seconds left, and a session of yours" in shown
    assert "what was wrong stands above" in shown
    assert "line 39" in capfd.readouterr().out
    assert "line 39" not in log


def test_who_stops_a_session_of_theirs_does_not_get_the_next(here):
    (here / "result").write_text('{"state": "stopped"}', encoding="utf-8")
    mine = {"person": True, "result": here / "result", "holds": '"state": "complete"'}
    code, shown, _ = taken(here, step("writing", **mine), step("failing"))
    assert code == 130
    assert shown.endswith("Stopped at: Step writing. Begun again, it goes on from here.\n")
    assert "Step failing" not in shown


def test_where_each_walk_has_a_folder_of_its_own_none_is_gone_on_with(here):
    (here / "result").write_text('{"state": "stopped"}', encoding="utf-8")
    mine = {"person": True, "result": here / "result", "holds": '"state": "complete"'}
    shown = io.StringIO()
    walk = Walk("small", "A walk", here / "study", (step("writing", **mine),), (), goes_on=False)
    assert take(walk, Console(file=shown, width=60)) == 130
    assert shown.getvalue().endswith("Begun again, it begins anew, in another folder.\n")
    assert [name for name in WALKS if not WALKS[name]("scripted").goes_on] == ["rehearse"]


def test_the_moving_list_has_each_step_and_the_time_left_and_fits_a_low_terminal():
    states = [State.DONE, State.WAS_THERE, State.RUNNING, State.WAITING]
    walked = [Walked(Step(f"Step {s.value}", (), 60), s is State.WAS_THERE, s) for s in states]
    walked[2].share = 0.5
    walked += [Walked(Step(f"More {n}", (), 60), False) for n in range(20)]
    shown = {}
    for height, width in ((40, 90), (12, 50)):
        stream = io.StringIO()
        console = Console(
            file=stream, force_terminal=True, width=width, height=height, color_system=None
        )
        with MovingList(console, "A walk", walked):
            pass
        shown[height] = stream.getvalue()
    assert "✓ Step done" in shown[40]
    assert "was done before" in shown[40]
    assert " 50%" in shown[40]
    assert "More 19" in shown[40]
    assert left(walked) in shown[40]
    assert "▸ Step" in shown[12]
    assert " 50%" in shown[12]
    assert left(walked) in shown[12]
    assert shown[12].rstrip().count("\n") < 12


@pytest.mark.parametrize(
    ("system", "environment", "person", "wanted"),
    [
        ("linux", {}, False, True),
        ("linux", {"DISPLAY": ":0"}, False, False),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, False, True),
        ("linux", {}, True, False),
        ("darwin", {}, False, False),
        ("win32", {}, False, False),
    ],
)
def test_scripts_get_a_screen_that_nobody_sees_where_there_is_none(
    monkeypatch, system, environment, person, wanted
):
    monkeypatch.setattr("sys.platform", system)
    assert needs_virtual_screen(environment, person) is wanted


def test_without_a_server_for_that_screen_it_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StudyError, match="Xvfb: found none"), virtual_screen({}):
        pass


def test_the_virtual_screen_says_nothing_of_the_desktop_around_it():
    desktop = {"WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "wayland", "HOME": "/h"}
    with virtual_screen(desktop) as environment:
        assert environment["DISPLAY"].startswith(":")
        assert set(environment) == {"DISPLAY", "HOME"}


@pytest.mark.skipif(sys.platform != "linux", reason="a permission of Linux")
def test_a_permission_that_sessions_need_is_asked_for_before_the_images(here, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    with pytest.raises(StudyError, match="for this terminal alone, `sudo prlimit --pid"):
        taken(here, step("writing"), step("writing", window=True))
    assert not (here / "result").exists()
    # Without windows, and where theirs are there, none is needed.
    done = step("writing", window=True, result=here / "result")
    assert taken(here, step("writing"))[0] == 0
    assert taken(here, done)[0] == 0


@pytest.mark.parametrize("name", WALKS)
def test_titles_of_steps_are_whole_in_a_narrow_terminal(name):
    walked = [Walked(step, True, State.WAS_THERE) for step in WALKS[name]("scripted").steps]
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=60, height=40, color_system=None)
    with MovingList(console, "A walk", walked):
        pass
    for one in walked:
        assert f"{one.step.title} " in stream.getvalue()
