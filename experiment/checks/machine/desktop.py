"""A Linux desktop's own screen saver and power saving, which obey no setting of the X server."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WHO, _WHY = "experiment", "a session is running"
_TIMEOUT_MS = 1000
# Of org.gnome.SessionManager: the session is not to become idle, the computer not to be suspended.
_IDLE, _SUSPEND = 8, 4
_QT_UNSIGNED = 3  # QMetaType::UInt: Python's numbers are sent as signed ones otherwise.
Bus = Any  # PyQt6.QtDBus.QDBusConnection


@dataclass(frozen=True)
class _Service:
    """Who keeps a desktop awake: a name on the session bus, and what it is asked."""

    name: str
    path: str
    release: str
    arguments: tuple[str, ...] = ()


# KDE and GNOME answer to the first; GNOME, MATE and Cinnamon to the second; Xfce to the third.
_SERVICES = (
    _Service("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "UnInhibit"),
    _Service("org.gnome.SessionManager", "/org/gnome/SessionManager", "Uninhibit", ("gnome",)),
    _Service(
        "org.freedesktop.PowerManagement.Inhibit",
        "/org/freedesktop/PowerManagement/Inhibit",
        "UnInhibit",
    ),
)


def desktop_awake() -> tuple[str, Callable[[], None]]:
    """Ask all services of the session bus that keep a desktop awake.

    They hold what was asked for until they are told otherwise, or this process ends.

    Returns
    -------
    str
        Who agreed; empty where there is no session bus, or no such service on it.
    callable
        Tells them otherwise.

    Raises
    ------
    OSError
        Where one refuses.
    """
    if not _has_bus():
        return "", lambda: None
    from PyQt6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    names_there = bus.interface() if bus.isConnected() else None
    there = names_there.registeredServiceNames().value() if names_there else []
    agreed: list[tuple[_Service, int]] = []
    for service in _SERVICES:
        if service.name not in there:
            continue
        answer = _call(bus, service, "Inhibit", _arguments(service))
        if answer is None:
            _release(bus, agreed)
            raise OSError(0, f"the desktop ({service.name}) does not let its screen saver wait")
        agreed.append((service, answer))
    names = " and ".join(service.name for service, _ in agreed)
    return f"that of the desktop ({names})" if names else "", lambda: _release(bus, agreed)


def _has_bus() -> bool:
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    folder = os.environ.get("XDG_RUNTIME_DIR")
    return bool(folder) and (Path(str(folder)) / "bus").exists()


def _arguments(service: _Service) -> list:
    if not service.arguments:
        return [_WHO, _WHY]
    return [_WHO, _unsigned(0), _WHY, _unsigned(_IDLE | _SUSPEND)]


def _release(bus: Bus, agreed: list[tuple[_Service, int]]) -> None:
    for service, cookie in agreed:
        _call(bus, service, service.release, [_unsigned(cookie)])


def _call(bus: Bus, service: _Service, method: str, arguments: list) -> int | None:
    """What a service answers: a number, 0 for nothing; None where it refuses."""
    from PyQt6.QtDBus import QDBusMessage

    call = QDBusMessage.createMethodCall(service.name, service.path, service.name, method)
    call.setArguments(arguments)
    answer = bus.call(call, timeout=_TIMEOUT_MS)
    if answer.type() == QDBusMessage.MessageType.ErrorMessage:
        return None
    return int(next(iter(answer.arguments()), 0))


def _unsigned(number: int) -> Any:
    from PyQt6.QtDBus import QDBusArgument

    value = QDBusArgument()
    value.add(number, _QT_UNSIGNED)
    return value
