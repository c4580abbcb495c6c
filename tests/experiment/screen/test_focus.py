"""Systems that are not here are asked through a stand-in of the one call each."""

import ctypes
from types import SimpleNamespace

import pytest

from experiment.screen import focus


class Handle:
    """What pyglet's window does."""

    _hwnd = 77

    def __init__(self) -> None:
        self.handlers: dict = {}
        self.activated = 0

    def push_handlers(self, **handlers) -> None:
        self.handlers |= handlers

    def activate(self) -> None:
        self.activated += 1


def focused(monkeypatch, system: str) -> tuple[focus.Focus, Handle]:
    monkeypatch.setattr(focus.sys, "platform", system)
    handle = Handle()
    return focus.focus_of(SimpleNamespace(winHandle=handle)), handle


@pytest.mark.parametrize(
    ("front", "iconic", "has_it"), [(77, 0, True), (78, 0, False), (0, 0, False), (77, 1, False)]
)
def test_windows_is_asked_for_the_window_in_front(monkeypatch, front, iconic, has_it):
    calls = SimpleNamespace(GetForegroundWindow=lambda: front, IsIconic=lambda handle: iconic)
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(user32=calls), raising=False)
    watch, handle = focused(monkeypatch, "win32")
    assert watch.kept() is has_it
    watch.take()
    assert handle.activated == 1


def test_macos_is_asked_for_the_key_window(monkeypatch):
    watch, handle = focused(monkeypatch, "darwin")
    for key in (True, False):
        handle._nswindow = SimpleNamespace(isKeyWindow=lambda key=key: key)
        assert watch.kept() is key
    # There and back between two looks: pyglet tells of it.
    handle._nswindow = SimpleNamespace(isKeyWindow=lambda: True)
    handle.handlers["on_deactivate"]()
    assert [watch.kept(), watch.kept()] == [False, True]


def test_a_click_counts_once_however_short(monkeypatch):
    watch, handle = focused(monkeypatch, "darwin")
    handle.handlers["on_mouse_press"](1, 2, 1, 0)
    assert [watch.clicked(), watch.clicked()] == [True, False]
