"""Where participants sat, as ``session.json`` tells it: in the laboratory, or at a browser."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conditions.tables.session_facts import LAB, WEB

# What browsers call themselves, the more special first: most say that they are others too.
_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:HeadlessChrome|Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\w+ )?Safari/"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iOS", "iPhone|iPad"),
    ("macOS", "Mac OS X|Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux|X11"),
)


@dataclass(frozen=True)
class Browser:
    """The browser of one session.

    Attributes
    ----------
    participant : int
    name : str
        As in ``Firefox 140 (Windows)``.
    refresh_hz : float or None
        Frames a second, as the page measured them.
    """

    participant: int
    name: str
    refresh_hz: float | None


def place_of(facts: Mapping[str, Any]) -> str:
    """Where a session was: on the web where ``session.json`` says so."""
    return WEB if facts.get("place") == WEB else LAB


def browsers_of(facts: Mapping[int, Mapping[str, Any]]) -> tuple[Browser, ...]:
    """The browsers of the sessions that were on the web, by the participant's number."""
    return tuple(
        Browser(number, browser_name(one.get("browser")), _number(one.get("refresh_hz")))
        for number, one in facts.items()
        if place_of(one) == WEB
    )


def browser_name(told: object) -> str:
    """A browser's name, version and system, from what it says of itself.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox 140 (Linux)'
    """
    if not isinstance(told, str):
        return "an unknown browser"
    found = ((name, re.search(pattern, told)) for name, pattern in _BROWSERS)
    browser = next((f"{name} {match[1]}" for name, match in found if match), "another browser")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, told)), None)
    return browser + (f" ({system})" if system else "")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
