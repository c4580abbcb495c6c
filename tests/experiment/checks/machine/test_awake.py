"""The screen saver of a real X server, of a desktop's stand-in, and of systems not here."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from experiment.checks.machine import awake, desktop, saver
from experiment.checks.machine.awake import kept_awake
from experiment.checks.machine.saver import Saver, x_awake
from experiment.screen.x_server import x_display
from tests.conftest import ROOT

USUAL = Saver(600, 300, 1, 1, False)


@pytest.fixture
def server(screen, monkeypatch):
    """An X server whose screen saver has settings of its own."""
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    with x_display() as display:
        saver._set(display, USUAL)
        yield display


def test_the_x_servers_is_off_for_as_long_as_a_session_lasts(server):
    with kept_awake((x_awake,)) as check:
        assert check.good
        assert check.found == "off until the session ends: that of X11 (after 600 s)"
        assert saver._saver(server).timeout == 0
    assert saver._saver(server) == USUAL
    with pytest.raises(RuntimeError), kept_awake((x_awake,)):
        raise RuntimeError("a fault")
    assert saver._saver(server) == USUAL


def test_one_that_is_off_stays_off(server):
    off = Saver(0, 300, 1, 1, False)
    saver._set(server, off)
    with kept_awake((x_awake,)) as check:
        assert (check.good, check.found) == (True, "there is none")
    assert saver._saver(server) == off


def test_after_a_kill_the_next_session_puts_it_back(server, screen):
    script = """
import os, signal
from experiment.checks.machine.saver import x_awake
x_awake()
os.kill(os.getpid(), signal.SIGKILL)
"""
    line = [sys.executable, "-c", script]
    killed = subprocess.run(line, cwd=ROOT, env=screen, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert saver._saver(server).timeout == 0
    with kept_awake((x_awake,)) as check:
        assert "that of X11 (after 600 s)" in check.found
        assert saver._saver(server).timeout == 0
    assert saver._saver(server) == USUAL
    # What the user sets from now on counts again.
    saver._set(server, Saver(60, 300, 1, 1, False))
    with kept_awake((x_awake,)) as check:
        assert "after 60 s" in check.found
    assert saver._saver(server).timeout == 60


class PowerSaver:
    """Stands in for a server with DPMS, which Xvfb lacks."""

    def __init__(self, obeys: bool = True) -> None:
        self.state, self.obeys, self.levels = 1, obeys, []
        self.saver = SimpleNamespace(timeout=0, interval=0, prefer_blanking=1, allow_exposures=1)
        self.properties: dict[str, SimpleNamespace] = {}
        self.root = SimpleNamespace(
            get_full_property=lambda name, _: self.properties.get(name),
            change_property=self.note,
            delete_property=self.properties.pop,
        )

    def __getattr__(self, name: str):
        return lambda *_: SimpleNamespace(root=self.root, capable=True, state=self.state)

    def note(self, name: str, kind: int, form: int, value: bytes) -> None:
        self.properties[name] = SimpleNamespace(value=value)

    def has_extension(self, name: str) -> bool:
        return name == "DPMS"

    def intern_atom(self, name: str) -> str:
        return name

    def get_screen_saver(self) -> SimpleNamespace:
        return self.saver

    def dpms_force_level(self, level: int) -> None:
        self.levels.append(level)

    def dpms_disable(self) -> None:
        self.state = 0 if self.obeys else 1

    def dpms_enable(self) -> None:
        self.state = 1


@pytest.mark.parametrize("obeys", [True, False])
def test_power_saving_of_the_screen_waits_too(obeys, monkeypatch):
    server = PowerSaver(obeys)
    monkeypatch.setattr(saver, "x_display", lambda: nullcontext(server))
    with kept_awake((x_awake,)) as check:
        assert check.good is obeys
        assert server.levels == [0]
        assert ("power saving of the screen (DPMS)" in check.found) is obeys
        assert obeys or "does not let its screen saver be switched off: switch off" in check.found
    assert server.state == 1


def test_a_server_that_is_gone_is_told_and_takes_its_settings_along(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4077")
    with kept_awake((x_awake,)) as check:
        assert not check.good
        assert "cannot be opened" in check.found
    saver._put_back(USUAL)


SERVICE = """
import sys
from PyQt6.QtCore import QCoreApplication, QObject, pyqtClassInfo, pyqtSlot
from PyQt6.QtDBus import QDBusConnection, QDBusMessage
from experiment.checks.machine.desktop import _unsigned

NAME = {name!r}
app, bus = QCoreApplication([]), QDBusConnection.sessionBus()

@pyqtClassInfo("D-Bus Interface", NAME)
class Desktop(QObject):
    @pyqtSlot(QDBusMessage)
    def {hold}(self, call):
        print(call.signature(), call.arguments(), flush=True)
        answer = call.createReply()
        answer.setArguments([_unsigned(77)])
        bus.send(answer)
    @pyqtSlot(QDBusMessage)
    def {release}(self, call):
        print(call.signature(), call.arguments(), flush=True)

desktop = Desktop()
path = "/" + NAME.replace(".", "/")
assert bus.registerObject(path, desktop, QDBusConnection.RegisterOption.ExportAllSlots)
assert bus.registerService(NAME)
print("ready", flush=True)
app.exec()
"""
ASKS = """
import subprocess, sys
from experiment.checks.machine.awake import kept_awake
from experiment.checks.machine.desktop import desktop_awake
service = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
assert service.stdout.readline() == "ready\\n"
with kept_awake((desktop_awake,)) as check:
    print(check.good, check.found)
service.terminate()
print(service.communicate()[0])
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="no dbus-run-session")
@pytest.mark.parametrize(
    ("name", "hold", "release", "found", "called"),
    [
        (
            *("org.freedesktop.ScreenSaver", "Inhibit", "UnInhibit"),
            "True off until the session ends: that of the desktop (org.freedesktop.ScreenSaver)",
            ["ss ['experiment', 'a session is running']", "u [77]"],
        ),
        (
            *("org.gnome.SessionManager", "Refuse", "Uninhibit"),
            "False the desktop (org.gnome.SessionManager) does not let its screen saver wait",
            [],
        ),
    ],
)
def test_a_desktop_is_asked(name, hold, release, found, called, tmp_path):
    service = SERVICE.format(name=name, hold=hold, release=release)
    line = ["dbus-run-session", "--", sys.executable, "-c", ASKS, service]
    done = subprocess.run(
        line,
        cwd=ROOT,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split("\n")
    assert said[0].startswith(found)
    assert [line for line in said[1:] if line] == called


def test_without_a_session_bus_there_is_no_desktop_to_ask(monkeypatch, tmp_path):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert desktop.desktop_awake()[0] == ""


class WindowsCalls:
    """Stands in for kernel32 and user32."""

    def __init__(self, allows: bool, active: int) -> None:
        self.states, self.allows, self.active = [], allows, active
        self.kernel32 = SimpleNamespace(SetThreadExecutionState=self.execution)
        self.user32 = SimpleNamespace(SystemParametersInfoW=self.parameters)

    def execution(self, state: ctypes.c_uint) -> int:
        self.states.append(state.value)
        return 0x80000000 if self.allows else 0

    def parameters(self, action: int, value: int, place, store: int) -> int:
        assert store == 0
        if action == 0x10:
            place._obj.value = self.active
        else:
            assert action == 0x11
            self.active = value
        return 1


@pytest.mark.parametrize("active", [0, 1])
def test_windows_is_told_and_told_otherwise(active, monkeypatch):
    calls = WindowsCalls(True, active)
    monkeypatch.setattr(ctypes, "windll", calls, raising=False)
    monkeypatch.setattr(awake.sys, "platform", "win32")
    with kept_awake() as check:
        assert check.good
        assert ("screen saver and" in check.found) is bool(active)
        assert (calls.states, calls.active) == ([0x80000003], 0)
    assert (calls.states, calls.active) == ([0x80000003, 0x80000000], active)
    calls.allows = False
    with kept_awake() as check:
        assert not check.good
        assert check.found.startswith("Windows does not let power saving be switched off: switch")


def test_macos_runs_caffeinate_for_as_long(monkeypatch, tmp_path):
    monkeypatch.setattr(awake.sys, "platform", "darwin")
    monkeypatch.setenv("PATH", str(tmp_path))
    with kept_awake() as check:
        assert not check.good
        assert check.found.startswith("caffeinate cannot be run (No such file or directory)")
    said, program = tmp_path / "said", tmp_path / "caffeinate"
    program.write_text(f'#!/bin/sh\necho "$@" > {said}\nexec /bin/sleep 60\n')
    program.chmod(0o755)
    processes = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        awake.subprocess, "Popen", lambda line: processes.append(popen(line)) or processes[-1]
    )
    with kept_awake() as check:
        assert check.good
        assert processes[0].poll() is None
    assert processes[0].returncode == -signal.SIGTERM
    assert processes[0].args == ["caffeinate", "-d", "-i", "-w", str(os.getpid())]
