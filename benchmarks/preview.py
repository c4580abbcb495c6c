"""The preview of a study: time to write it, and what a browser has to open.

    python -m benchmarks.preview [--units 9 3000] [--browser chromium] [--json FILE]

The studies are fabricated: two batches of ten natural images and ten synthetic ones a pole. With a
browser, the seconds from its start to a screenshot of the index and of the first page with images
are measured; headless it loads at once all images of a page, also those that a person would scroll
to or unfold.
"""

import argparse
import re
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.table import show
from stimgen.preview import write_preview
from tests.stimgen.preview.fabricated import fabricated

OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")


def measured(n_units: int, browser: str | None) -> dict:
    """Write the preview of a study of so many units, and open it."""
    with tempfile.TemporaryDirectory() as root:
        folder = fabricated(Path(root), n_units)
        started = time.perf_counter()
        index = write_preview(folder)
        seconds = time.perf_counter() - started
        pages = sorted((folder.stimuli / "preview").glob("page-*.html"))
        first = pages[0] if pages else index
        row = {
            "units": n_units,
            "written s": seconds,
            "pages": len(pages) or 1,
            "all MB": sum(path.stat().st_size for path in [index, *pages]) / 1e6,
            "index MB": index.stat().st_size / 1e6,
            "page MB": first.stat().st_size / 1e6,
            "elements": len(re.findall("<[a-z]", first.read_text(encoding="utf-8"))),
        }
        if browser is not None:
            row |= {"index seen s": opened(browser, index, Path(root))}
            row |= {"page seen s": opened(browser, first, Path(root))}
        return row


def opened(browser: str, page: Path, folder: Path) -> float:
    """Seconds until a browser has started and shown the top of a page."""
    picture, profile = folder / "shot.png", folder / "profile"
    started = time.perf_counter()
    subprocess.run(
        [browser, *OPTIONS, f"--user-data-dir={profile}", f"--screenshot={picture}", page.as_uri()],
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, nargs="+", default=[9, 100, 1000, 3000])
    parser.add_argument("--browser", help="Command of a Chromium, as chromium.")
    parser.add_argument("--json", type=Path, help="Also write the figures there.")
    arguments = parser.parse_args()
    rows = [measured(count, arguments.browser) for count in arguments.units]
    show("The preview of a study", rows, arguments.json)


if __name__ == "__main__":
    main()
