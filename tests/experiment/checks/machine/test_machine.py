"""Power, libraries, home folder, and scaling on systems that are not here."""

import ctypes
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import psutil
import pytest

from conditions.errors import StudyError
from experiment.checks.check import require
from experiment.checks.machine import machine, scaling
from experiment.keyboard.listener import KeyListener
from experiment.keyboard.queues import require_real_time
from experiment.records import home
from experiment.records.store import RESCUED, rescue_places
from experiment.rig import Rig


@pytest.mark.parametrize(
    ("battery", "good", "words"),
    [
        (None, True, "no battery"),
        ((41.6, False), False, "the computer runs on its battery at 42 %, and may save power"),
        ((100, True), True, "plugged in, battery at 100 %"),
        ((80, None), True, "whether it is plugged in is not told, battery at 80 %"),
    ],
)
def test_a_computer_on_battery_is_told(battery, good, words, monkeypatch):
    found = battery and SimpleNamespace(percent=battery[0], power_plugged=battery[1])
    monkeypatch.setattr(psutil, "sensors_battery", lambda: found)
    check = machine.power_check()
    assert (check.good, check.found[: len(words)]) == (good, words)

    def fails() -> None:
        raise FileNotFoundError("BAT0")

    monkeypatch.setattr(psutil, "sensors_battery", fails)
    assert machine.power_check().found == "not told by the system (BAT0)"
    monkeypatch.delattr(psutil, "sensors_battery")
    assert machine.power_check().found == "no battery"


def test_without_psychtoolbox_there_is_no_session(monkeypatch):
    assert machine.psychtoolbox_check().good
    monkeypatch.setitem(sys.modules, "psychtoolbox", None)
    check = machine.psychtoolbox_check()
    assert "psychtoolbox, which hears the keys, cannot be loaded" in check.found
    with pytest.raises(StudyError, match=r"Install what requirements-lab\.txt lists") as stopped:
        require([check], override=True)
    assert "--override" not in str(stopped.value)


def test_without_real_time_psychtoolbox_is_not_begun(monkeypatch):
    asked = []

    def refuse(pid, policy, parameters):
        asked.append((policy, parameters.sched_priority))
        raise PermissionError(1, "Operation not permitted")

    before = os.sched_getscheduler(0)
    require_real_time()
    assert os.sched_getscheduler(0) == before
    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    check = machine.psychtoolbox_check()
    assert (check.good, check.vital) == (False, True)
    assert "`* - rtprio 10`" in check.found
    assert asked == [(os.SCHED_RR, 2)]
    with pytest.raises(StudyError, match="may not have real-time priority"):
        KeyListener()
    monkeypatch.setattr(sys, "platform", "darwin")
    require_real_time()


@pytest.fixture
def settled(monkeypatch):
    """What is settled is forgotten afterwards."""
    monkeypatch.setattr(home, "_STANDING_IN", {})
    monkeypatch.setenv("HOME", os.environ.get("HOME", ""))


def test_a_home_that_can_be_written_stays(settled, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home.settle_home() == home.Home(tmp_path / ".psychopy3", tmp_path)
    assert machine.home_check().found == f"{tmp_path / '.psychopy3'} can be written"
    assert rescue_places()[0] == tmp_path / RESCUED
    assert os.environ["HOME"] == str(tmp_path)
    assert capsys.readouterr().err == ""


def test_a_home_that_cannot_be_written_is_stood_in_for(settled, monkeypatch, tmp_path, capsys):
    taken = tmp_path / "home"
    taken.write_text("a file where a folder should be")
    monkeypatch.setenv("HOME", str(taken))
    found = home.settle_home()
    assert (found.own, found.settings.name) == (taken, ".psychopy3")
    assert Path(os.environ["HOME"]) == found.settings.parent
    assert found.settings.parent.is_dir()
    said = capsys.readouterr().err
    assert said == f"{found.trouble}\n"
    assert f"{taken}: cannot be written (" in said
    assert f"PsychoPy's settings are in {found.settings} until this command ends" in said
    # It is said once, and answers never go to a folder that ends with the process.
    assert home.settle_home() == found
    assert capsys.readouterr().err == ""
    places = rescue_places()
    assert places[0] == taken / RESCUED
    assert not any(place.is_relative_to(found.settings.parent) for place in places)
    check = machine.home_check()
    assert check.good
    assert check.found.endswith(f"go to {places[0]}, or else to {places[1]}")


def test_settings_that_are_somebody_elses_are_left_alone(settled, monkeypatch, tmp_path):
    (tmp_path / ".psychopy3" / "themes").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    # As after a run with sudo; who tests as root may write everything.
    monkeypatch.setattr(home.os, "access", lambda path, _: Path(path).name != "themes")
    assert "(themes is somebody else's)" in home.settle_home().trouble


def test_a_home_that_is_not_set_is_the_users(settled, monkeypatch, tmp_path):
    monkeypatch.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_dir=str(tmp_path)))
    for empty in (True, False):
        monkeypatch.setenv("HOME", "")
        if not empty:
            monkeypatch.delenv("HOME")
        assert home.settle_home().own == tmp_path
        assert os.environ["HOME"] == str(tmp_path)


def test_a_user_without_a_home_gets_a_temporary_one(settled, monkeypatch):
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.delenv("HOME")
    assert home.settle_home().trouble.startswith("HOME: cannot be written (the system knows no")
    assert [place.name for place in rescue_places()] == [RESCUED]

    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("HOME", "/dev/null")
    monkeypatch.setattr(home.tempfile, "TemporaryDirectory", full)
    with pytest.raises(StudyError, match=r"no temporary folder .*: No space left on device"):
        home.settle_home()


def test_on_windows_it_is_the_folder_of_settings(settled, monkeypatch, tmp_path):
    monkeypatch.setattr(home.sys, "platform", "win32")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("APPDATA", "/dev/null/none")
    found = home.settle_home()
    assert (found.settings.name, found.own) == ("psychopy3", Path("/dev/null/none"))
    assert Path(os.environ["APPDATA"]) == found.settings.parent
    monkeypatch.delenv("APPDATA")
    assert home.settle_home().settings == tmp_path / "AppData" / "Roaming" / "psychopy3"


@pytest.mark.parametrize(
    ("percent", "good", "words"),
    [
        (100.0, True, "100 %"),
        (125.0, False, "screen 1 is at 125 %, wanted 100 %"),
        (None, True, "not told by the system"),
    ],
)
@pytest.mark.parametrize(("system", "asked"), [("win32", "windows"), ("darwin", "mac")])
def test_a_desktop_that_is_enlarged_is_told(percent, good, words, system, asked, monkeypatch):
    monkeypatch.setattr(scaling.sys, "platform", system)
    monkeypatch.setattr(scaling, f"{asked}_scaling", {1: percent}.get)
    check = scaling.scaling_check(1)
    assert (check.good, check.found[: len(words)]) == (good, words)


class Windows:
    """Stands in for user32 and shcore: two monitors; an unaware thread is told 100 %."""

    def __init__(self) -> None:
        self.awareness, self.claims = 0, []
        self.user32 = SimpleNamespace(
            SetThreadDpiAwarenessContext=lambda to: self.claim(to),
            EnumDisplayMonitors=lambda dc, clip, take, _: [take(n, 0, 0, 0) for n in (7, 9)],
        )
        self.user32.SetThreadDpiAwarenessContext = Function(self.claim)
        self.shcore = SimpleNamespace(GetDpiForMonitor=self.dpi)

    def claim(self, to: int) -> int:
        before, self.awareness = self.awareness, to
        self.claims.append(to)
        return before

    def dpi(self, monitor, kind, x, y) -> int:
        told = {7: 96, 9: 144}[monitor.value] if self.awareness == -3 else 96
        x._obj.value = y._obj.value = told
        return 0


class Function:
    """A function of ctypes: takes notes on its types."""

    def __init__(self, call) -> None:
        self.call = call

    def __call__(self, *arguments: int) -> int:
        return self.call(*arguments)


def test_windows_is_asked_as_one_that_knows_of_scaling(monkeypatch):
    windows = Windows()
    monkeypatch.setattr(ctypes, "windll", windows, raising=False)
    monkeypatch.setattr(ctypes, "WINFUNCTYPE", lambda *_: lambda take: take, raising=False)
    assert [scaling.windows_scaling(n) for n in range(3)] == [100, 150, None]
    assert windows.claims == [-3, 0] * 3
    del windows.shcore.GetDpiForMonitor
    assert scaling.windows_scaling(0) is None


def test_macos_is_asked_for_its_points(monkeypatch):
    kit = ModuleType("AppKit")
    screens = [SimpleNamespace(backingScaleFactor=lambda n=n: n) for n in (1.0, 2.0)]
    kit.NSScreen = SimpleNamespace(screens=lambda: screens)
    monkeypatch.setitem(sys.modules, "AppKit", kit)
    assert [scaling.mac_scaling(n) for n in range(3)] == [100, 200, None]
    monkeypatch.setitem(sys.modules, "AppKit", None)
    assert scaling.mac_scaling(0) is None


def test_all_checks_of_a_computer_without_x(monkeypatch, settled):
    monkeypatch.setattr(machine.sys, "platform", "win32")
    monkeypatch.setattr(machine, "require_display", lambda: None)
    monkeypatch.setattr(machine, "settle_home", lambda: home.Home(Path("x"), None))
    monkeypatch.setattr(scaling, "windows_scaling", lambda _: 150.0)
    names = ["home folder", "psychtoolbox", "power", "compositor", "desktop scaling"]
    for excused in ("", "a rehearsal"):
        checks = machine.machine_checks(Rig(name="lab"), excused)
        assert [check.name for check in checks] == names
        assert [check.name for check in checks if check.failed] == ([] if excused else names[-1:])
    assert checks[-1].line().startswith("– desktop scaling: screen 0 is at 150 %")
    assert checks[-1].line().endswith("(goes on: a rehearsal)")
