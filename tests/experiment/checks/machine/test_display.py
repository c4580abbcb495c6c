"""The window system: asked of real X servers where it can be, of stand-ins where it cannot."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from Xlib import X, Xatom, display, error

from conditions.errors import StudyError
from experiment.checks.machine import display as of_display
from experiment.checks.machine.compositor import compositor_check
from experiment.checks.machine.scaling import scaling_check
from experiment.checks.machine.x11 import Compositor, compositor_of, scaled_to
from experiment.rig import Rig
from experiment.screen.window import open_window
from experiment.screen.x_server import x_display
from tests.conftest import in_process

RIG = Rig(name="lab")


@pytest.fixture(scope="module")
def two_screens() -> Iterator[str]:
    """The DISPLAY of a server with two X screens."""
    read, write = os.pipe()
    screens = ["-screen", "0", "640x480x24", "-screen", "1", "320x240x24"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), *screens, "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as stream:
        yield f":{stream.readline().strip()}"
    server.terminate()
    server.wait(timeout=10)


@pytest.fixture
def x(screen, monkeypatch) -> Iterator[display.Display]:
    """A connection to the server on which windows are opened; the environment names it."""
    monkeypatch.setenv("DISPLAY", screen["DISPLAY"])
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    with x_display() as opened:
        yield opened


@contextmanager
def compositor(x: display.Display, name: str, *promises: str) -> Iterator[None]:
    """Stands in for a compositor that is a window manager too."""
    other = display.Display(x.get_display_name())
    root = other.screen().root
    window = root.create_window(0, 0, 1, 1, 0, other.screen().root_depth)
    window.set_wm_name(name)
    window.set_selection_owner(other.intern_atom("_NET_WM_CM_S0"), X.CurrentTime)
    atoms = [other.intern_atom(promise) for promise in promises]
    root.change_property(other.intern_atom("_NET_SUPPORTED"), Xatom.ATOM, 32, atoms)
    check = other.intern_atom("_NET_SUPPORTING_WM_CHECK")
    root.change_property(check, Xatom.WINDOW, 32, [window.id])
    other.sync()
    try:
        yield
    finally:
        root.delete_property(other.intern_atom("_NET_SUPPORTED"))
        other.sync()
        other.close()


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("XDG_SESSION_TYPE", "x11", True),
        ("XDG_SESSION_TYPE", "tty", True),
        ("WAYLAND_DISPLAY", "", True),
        ("XDG_SESSION_TYPE", "wayland", False),
        ("XDG_SESSION_TYPE", "Wayland", False),
        ("WAYLAND_DISPLAY", "wayland-0", False),
    ],
)
def test_a_wayland_session_is_told_by_the_environment(name, value, good, x, monkeypatch):
    monkeypatch.setenv(name, value)
    check = of_display.window_system_check(x)
    assert check.good is good
    assert good or (f"{name}=" in check.found and "choose one with Xorg" in check.found)


@pytest.mark.parametrize(
    ("extensions", "outputs", "good"),
    [
        (["RANDR"], ["HDMI-1", "DP-1"], True),
        (["RANDR"], ["XWAYLAND0"], False),
        (["RANDR", "XWAYLAND"], ["DP-1"], False),
        ([], [], True),
    ],
)
def test_a_guest_of_wayland_is_told_without_the_environment(
    extensions, outputs, good, x, monkeypatch
):
    resources = SimpleNamespace(outputs=list(range(len(outputs))), config_timestamp=0)
    root = SimpleNamespace(xrandr_get_screen_resources=lambda: resources)
    server = SimpleNamespace(
        has_extension=lambda name: name in extensions,
        screen=lambda: SimpleNamespace(root=root),
        xrandr_get_output_info=lambda number, _: SimpleNamespace(name=outputs[number]),
    )
    assert of_display.window_system_check(server).good is good


@pytest.mark.parametrize(
    ("name", "good"),
    [
        (":0", True),
        (":0.0", True),
        ("unix:1", True),
        ("localhost:10.0", False),
        ("lab-pc.example.org:0", False),
        ("[::1]:11.0", False),
    ],
)
def test_a_display_is_of_this_computer(name, good, monkeypatch):
    monkeypatch.setenv("DISPLAY", name)
    check = of_display.near_check()
    assert check.good is good
    assert name in check.found


def test_a_display_that_is_not_there_is_named(monkeypatch):
    for name in (":4077", ":99999", "nonsense"):
        monkeypatch.setenv("DISPLAY", name)
        with pytest.raises(StudyError, match=f"DISPLAY: found '{name}', which cannot be opened"):
            x_display().__enter__()
    # Whatever opens a window says so too, before PsychoPy is loaded.
    with pytest.raises(StudyError, match="DISPLAY: found 'nonsense', which cannot be opened"):
        open_window(RIG)
    refused = in_process("experiment", "calibrate", "rig", "--simulate")
    assert refused.returncode == 2
    assert refused.stderr.startswith("experiment: DISPLAY: found 'nonsense', which cannot be")
    assert refused.stderr.count("\n") == 1


def test_several_x_screens_are_counted(x, two_screens, monkeypatch):
    assert of_display.x_screens_check(x).good
    for name in (two_screens, f"{two_screens}.1"):
        monkeypatch.setenv("DISPLAY", name)
        with x_display() as server:
            check = of_display.x_screens_check(server)
        assert not check.good
        assert f"has 2 X screens ({two_screens}.0, {two_screens}.1), wanted 1" in check.found


def test_a_compositor_is_found_and_what_it_promises(x):
    assert compositor_of(x) is None
    with compositor(x, "Mutter", "_NET_WM_STATE", "_NET_WM_BYPASS_COMPOSITOR"):
        assert compositor_of(x) == Compositor("Mutter", bypassed=True)
    with compositor(x, "picom", "_NET_WM_STATE"):
        assert compositor_of(x) == Compositor("picom", bypassed=False)
    assert compositor_of(x) is None


@pytest.mark.parametrize(
    ("system", "found", "full_screen", "good", "words"),
    [
        ("linux", None, True, True, "none"),
        ("linux", None, False, True, "none"),
        ("linux", Compositor("KWin", True), True, True, "KWin, which promises to let our window"),
        ("linux", Compositor("KWin", True), False, False, "KWin draws the desktop; full_screen"),
        ("linux", Compositor("picom", False), True, False, "picom draws the desktop, and no"),
        ("win32", None, True, True, "Windows (DWM), which lets"),
        ("win32", None, False, False, "Windows (DWM) draws the desktop; full_screen: false"),
        ("darwin", None, True, True, "macOS, which lets"),
        ("darwin", None, False, False, "macOS draws"),
    ],
)
def test_a_window_must_go_by_the_compositor(system, found, full_screen, good, words, monkeypatch):
    monkeypatch.setattr("experiment.checks.machine.compositor.sys.platform", system)
    check = compositor_check(RIG.model_copy(update={"full_screen": full_screen}), found)
    assert (check.good, check.found[: len(words)]) == (good, words)


def server_with(*crtcs: tuple, heads: tuple = ((0, 0), (1920, 0))) -> SimpleNamespace:
    """A server whose CRTCs are (x, y, width, height, mode, rotation); mode 1 has 1920 × 1080."""
    fields = ("x", "y", "width", "height", "mode", "rotation")
    resources = SimpleNamespace(
        modes=[SimpleNamespace(id=1, width=1920, height=1080)],
        crtcs=list(range(len(crtcs))),
        config_timestamp=0,
    )
    root = SimpleNamespace(
        xrandr_get_screen_resources=lambda: resources, get_full_property=lambda *_: None
    )
    there = SimpleNamespace(screens=[SimpleNamespace(x=x, y=y) for x, y in heads])
    return SimpleNamespace(
        has_extension=lambda name: name in ("RANDR", "XINERAMA"),
        screen=lambda: SimpleNamespace(root=root),
        xinerama_query_screens=lambda: there,
        xrandr_get_crtc_info=lambda number, _: SimpleNamespace(
            **dict(zip(fields, crtcs[number], strict=True))
        ),
    )


def test_a_scaled_mode_of_the_rigs_screen_is_told():
    usual, off = (0, 0, 1920, 1080, 1, 1), (0, 0, 0, 0, 0, 1)
    scaled = (1920, 0, 2400, 1350, 1, 1)
    turned = (0, 0, 1080, 1920, 1, 2)
    server = server_with(off, usual, scaled)
    assert scaled_to(server, 0) is None
    assert scaled_to(server, 1) == ((2400, 1350), (1920, 1080))
    assert scaled_to(server_with(turned), 0) is None
    # A screen that is not there: whatever the server shows.
    assert scaled_to(server, 5) == ((2400, 1350), (1920, 1080))
    check = scaling_check(1, server)
    assert not check.good
    assert check.found.startswith("2400 × 1350 px of the desktop are scaled to the 1920 × 1080 px")


def test_a_server_with_an_old_randr_says_nothing_of_it():
    def refuse() -> None:
        raise error.XError.__new__(error.XError)

    root = SimpleNamespace(xrandr_get_screen_resources=refuse, get_full_property=lambda *_: None)
    server = SimpleNamespace(
        has_extension=lambda name: name == "RANDR", screen=lambda: SimpleNamespace(root=root)
    )
    assert scaling_check(0, server).good
    assert of_display.window_system_check(server).good


def test_what_enlarges_dialogs_alone_is_named(x, monkeypatch):
    assert scaling_check(0, x).found == "100 %"
    root = x.screen().root
    root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, b"a.b:\t1\nXft.dpi:\t192\n")
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    monkeypatch.setenv("GDK_SCALE", "1")
    check = scaling_check(0, x)
    assert check.good
    named = "dialogs alone are enlarged (Xft.dpi: 192, QT_SCALE_FACTOR=2)"
    assert check.found == f"100 %; {named}"
    root.change_property(Xatom.RESOURCE_MANAGER, Xatom.STRING, 8, b"Xft.dpi:\tmany\n")
    assert scaling_check(0, x).good
    root.delete_property(Xatom.RESOURCE_MANAGER)
