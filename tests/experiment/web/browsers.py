"""The browser that is installed here, driven by Playwright."""

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FULL_HD = {"width": 1920, "height": 1080}


@contextlib.contextmanager
def open_browser(**options: Any) -> Iterator[Any]:
    """A browser without a window of its own; a test is left out where none is installed."""
    sync_api = pytest.importorskip("playwright.sync_api")
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)}")
    with sync_api.sync_playwright() as playwright:
        # As root, and in containers, Chromium starts without its sandbox alone.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=found[0], args=arguments, **options)
        try:
            yield browser
        finally:
            browser.close()


def watched(context: Any, address: str) -> dict[str, list[str]]:
    """Collect what goes wrong on a context's pages: errors, and what is asked of other hosts."""
    seen: dict[str, list[str]] = {"errors": [], "elsewhere": []}

    def request(asked: Any) -> None:
        if not asked.url.startswith((f"{address}/", "blob:", "data:")):
            seen["elsewhere"].append(asked.url)

    context.on("request", request)
    context.on("weberror", lambda error: seen["errors"].append(str(error.error)))
    return seen
