"""The browser that is installed here, driven by Playwright."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FULL_HD = {"width": 1920, "height": 1080}


# As root, and in containers, Chromium starts without its sandbox alone.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]


@contextlib.contextmanager
def _chromium() -> Iterator[tuple[Any, str]]:
    sync_api = pytest.importorskip("playwright.sync_api")
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)}")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium, found[0]


@contextlib.contextmanager
def open_browser() -> Iterator[Any]:
    """A browser without a window of its own; a test is left out where none is installed."""
    with _chromium() as (chromium, path):
        browser = chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def open_profile(profile: Path) -> Iterator[Any]:
    """The browser of somebody who comes again: its data lie in a folder. Gives its context."""
    with _chromium() as (chromium, path):
        context = chromium.launch_persistent_context(
            profile, executable_path=path, args=ARGUMENTS, viewport=FULL_HD, screen=FULL_HD
        )
        try:
            yield context
        finally:
            # One that was killed is closed already.
            with contextlib.suppress(Exception):
                context.close()


def killed(profile: Path) -> None:
    """Kill the browser that has a profile open, all its processes at once."""
    mine = psutil.Process().children(recursive=True)
    browsers = []
    # Some come and go by themselves, or with those that were killed before them.
    for one in mine:
        with contextlib.suppress(psutil.NoSuchProcess):
            if f"--user-data-dir={profile}" in one.cmdline():
                browsers.append(one)
    assert browsers
    for one in browsers:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(browsers, timeout=10)


def watched(context: Any, address: str) -> dict[str, list[str]]:
    """Collect what goes wrong on a context's pages: errors, and what is asked of other hosts."""
    seen: dict[str, list[str]] = {"errors": [], "elsewhere": []}

    def request(asked: Any) -> None:
        if not asked.url.startswith((f"{address}/", "blob:", "data:")):
            seen["elsewhere"].append(asked.url)

    context.on("request", request)
    context.on("weberror", lambda error: seen["errors"].append(str(error.error)))
    return seen
