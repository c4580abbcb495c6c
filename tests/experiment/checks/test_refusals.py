"""What of a machine stops a session, whom it does not stop, and what is said of it at the end."""

import shutil
import sys
from types import SimpleNamespace

import psutil
import pytest
from Xlib import X

from conditions.folder import open_study
from experiment.checks.check import Check, excuse, require, summary
from experiment.checks.focus import focus_check
from experiment.checks.preflight import refresh_check
from experiment.checks.rehearsals import excuse_for
from experiment.rig import Rig
from experiment.screen.window import Refresh, drawn_by_program
from experiment.screen.x_server import x_display
from tests.conftest import command, in_process
from tests.experiment.checks.machine.test_display import compositor
from tests.experiment.rehearsed import SHORT, tiny_study

RIG = Rig(name="lab")
LLVMPIPE = "llvmpipe (LLVM 15.0.6, 256 bits)"
SCRIPTED = ("--observer", "scripted", "--script", "hasty")


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory):
    root = tmp_path_factory.mktemp("rehearsed")
    return tiny_study(root, parts=SHORT, intuitiveness=[], repeats=None)


@pytest.fixture(scope="module")
def real(rehearsed, tmp_path_factory):
    """The same study under a name that is no rehearsal's."""
    path = tmp_path_factory.mktemp("real") / "tiny"
    shutil.copytree(rehearsed.path, path)
    study = path / "study.yaml"
    study.write_text(study.read_text().replace("rehearsal_tiny", "tiny"), encoding="utf-8")
    return open_study(str(path), path.parent, make=False)


@pytest.mark.parametrize(
    ("renderer", "words"),
    [
        (LLVMPIPE, "drawn by a program, not by a graphics card (llvmpipe"),
        ("Software Rasterizer", "drawn by a program"),
        ("Microsoft Basic Render Driver", "drawn by a program"),
        ("GDI Generic", "drawn by a program"),
        ("Apple Software Renderer", "drawn by a program"),
        ("SVGA3D; build: RELEASE;  LLVM;", "drawn in a virtual machine (SVGA3D"),
        ("virgl (ANGLE)", "drawn in a virtual machine"),
        ("Mesa Intel(R) UHD Graphics 630 (CFL GT2)", ""),
        ("NVIDIA GeForce RTX 4070/PCIe/SSE2", ""),
        ("AMD Radeon RX 7600 (radeonsi, navi33, LLVM 17.0.6, DRM 3.57)", ""),
        ("Apple M2", ""),
    ],
)
def test_what_draws_is_told_by_its_name(renderer, words):
    said = drawn_by_program(renderer)
    assert said.startswith(words)
    assert bool(said) is bool(words)


@pytest.mark.parametrize("excused", ["", "a rehearsal"])
@pytest.mark.parametrize(
    ("refresh", "failed", "words"),
    [
        (Refresh(1 / 60, 60.1), (False, False), "measured 60.10 Hz, wanted 60 Hz"),
        (Refresh(1 / 144, 144.0), (True, True), "measured 144.00 Hz, wanted 60 Hz"),
        (Refresh(1 / 60, None, "not steady"), (True, True), "not measured: not steady; taken"),
        (Refresh(1 / 60, None, LLVMPIPE, True), (True, False), f"not measured: {LLVMPIPE}; taken"),
    ],
)
def test_a_refresh_that_is_not_measured_fails(refresh, failed, words, excused):
    check = refresh_check(RIG, refresh, excused)
    assert check.failed is failed[bool(excused)]
    assert check.found.startswith(f"rig lab: {words}")


def test_people_are_not_excused(rehearsed, real):
    assert excuse_for(real, "human") == ""
    assert excuse_for(real, "scripted") == "a script answers"
    assert excuse_for(rehearsed, "human") == "a rehearsal"


def test_images_of_a_study_make_no_rehearsal_of_it(rehearsed, tmp_path):
    shutil.copytree(rehearsed.path, tmp_path / "copy")
    copy = type(rehearsed)(tmp_path / "copy", rehearsed.study)
    table = copy.stimuli_table
    table.write_text(table.read_text().replace("stand-in, drawn for rehearsals", "a pool", 1))
    assert excuse_for(copy, "human") == ""
    table.unlink()
    assert excuse_for(copy, "human") == "a rehearsal"


def test_what_is_excused_says_so_and_stops_nothing():
    bad, good = Check("power", False, "on battery"), Check("power", True, "plugged in")
    assert bad.line() == "✗ power: on battery"
    assert excuse(bad, "").failed
    require([excuse(bad, "a rehearsal")], override=False)
    assert excuse(bad, "a rehearsal").line() == "– power: on battery (goes on: a rehearsal)"
    assert excuse(good, "a rehearsal").line() == "✓ power: plugged in"


def test_a_window_asks_for_the_keyboard_before_it_gives_up(monkeypatch):
    monkeypatch.setattr("experiment.checks.focus.sys.platform", "win32")
    flips: list[int] = []
    window = SimpleNamespace(flip=lambda: flips.append(1))

    class Focus:
        asked = 0

        def __init__(self, after: float, left: bool = False) -> None:
            self.after, self.left = after, left

        def kept(self) -> bool:
            # What happened while it opened comes once.
            before, self.left = self.left, False
            return not before and (self.after == 0 or (self.asked and len(flips) >= self.after))

        def take(self) -> None:
            self.asked += 1

    assert focus_check(window, Focus(0)).good
    assert focus_check(window, Focus(0, left=True)).good
    assert not flips
    slow = Focus(3)
    assert focus_check(window, slow).good
    assert (slow.asked, len(flips)) == (1, 3)
    check = focus_check(window, Focus(float("inf")))
    assert not check.good
    assert check.found.startswith("another window has the keyboard, and does not give it")


def files_of(folder) -> list:
    return [path for path in sorted(folder.path.rglob("*.*")) if path.suffix != ".lock"]


def said_by(folder, screen, *more: str) -> str:
    """The last words of a run that is refused before it opens a window or writes anything."""
    before = files_of(folder)
    ended = in_process(
        "experiment", "run", str(folder.path), "--participant", "1", *more, env=screen
    )
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert files_of(folder) == before
    said = ended.stderr.removeprefix("experiment: ")
    failed = [line for line in ended.stdout.splitlines() if line.startswith("✗")]
    assert [line.partition(": ")[2] for line in failed] == said.splitlines()[:1]
    return said


def test_wayland_stops_scripts_too(rehearsed, screen):
    said = said_by(rehearsed, screen | {"XDG_SESSION_TYPE": "wayland"}, *SCRIPTED)
    assert said.startswith("a Wayland session (XDG_SESSION_TYPE=wayland): onsets and keys cannot")
    assert len(said.splitlines()) == 2


def test_without_psychtoolbox_no_window_opens(rehearsed, screen, monkeypatch):
    monkeypatch.setitem(sys.modules, "psychtoolbox", None)
    said = said_by(rehearsed, screen, *SCRIPTED, "--override")
    assert said.startswith("psychtoolbox, which hears the keys, cannot be loaded")
    assert len(said.splitlines()) == 1


def test_a_person_is_stopped_by_a_battery_and_a_script_is_not(real, screen, monkeypatch):
    battery = SimpleNamespace(percent=50, power_plugged=False)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery)
    said = said_by(real, screen)
    assert said.startswith("the computer runs on its battery at 50 %")
    assert "--override goes on" in said
    said = said_by(real, screen | {"WAYLAND_DISPLAY": "wayland-0"}, *SCRIPTED)
    assert said.startswith("a Wayland session")


def test_a_person_is_stopped_by_an_outlet_that_is_not_there(real, screen, tmp_path):
    rig = tmp_path / "marked.yaml"
    listed = "[{kind: file}, {kind: serial, port: /dev/no_such_port}]"
    rig.write_text(f"name: marked\nmarkers: {listed}\n", encoding="utf-8")
    said = said_by(real, screen, "--rig", str(rig))
    assert said.startswith("serial: the port /dev/no_such_port: No such file or directory")
    assert "--override goes on" in said


def test_a_person_is_stopped_by_a_compositor(real, screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    with x_display() as x, compositor(x, "picom"):
        said = said_by(real, screen)
    assert said.startswith("picom draws the desktop, and no window manager promises to let")


@pytest.mark.window
def test_a_person_needs_a_graphics_card_and_the_keyboard(real, screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    with x_display() as x:
        x.screen().root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        x.sync()
        line = ("experiment", "run", str(real.path), "--participant", "1")
        ended = command(*line, env=screen | {"HOME": "/dev/null"})
    assert ended.returncode == 2
    first, *said = ended.stderr.splitlines()
    assert first.startswith("/dev/null: cannot be written (Not a directory); PsychoPy's settings")
    assert said[0].startswith("experiment: rig any: not measured: drawn by a program")
    assert said[1].startswith("another program keeps all keys for itself")
    assert said[2].startswith("--override goes on")
    assert len(said) == 3
    assert not real.session(1).exists()


def test_a_page_shows_what_is_to_be_read_and_names_the_rest():
    checks = [
        Check("disk", True, "room"),
        Check("calibration", True, "none"),
        Check("power", False, "on battery"),
        Check("refresh", False, "drawn by a program", excused="a rehearsal"),
        Check("display", True, ":0"),
    ]
    assert summary(checks).splitlines() == [
        "✗ power: on battery",
        "– refresh: drawn by a program (goes on: a rehearsal)",
        "✓ calibration: none",
        "✓ disk, display",
    ]
    assert summary(checks[1:2]) == "✓ calibration: none"
