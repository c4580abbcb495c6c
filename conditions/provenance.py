"""Where a result came from: versions, commit, study, seconds."""

import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

from conditions.files import write_json
from conditions.study.study import Study


@cache
def commit() -> str | None:
    """Commit of this laboratory's code, with ``+changes`` if files differ; None outside git."""
    root = Path(__file__).parent.parent
    try:
        described = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty=+changes"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()


def versions(packages: tuple[str, ...]) -> dict[str, str | None]:
    """Python's version and those of the named packages (None: not installed)."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return found


def write_provenance(
    path: Path, study: Study, packages: tuple[str, ...], seconds: float, **facts: object
) -> None:
    """Write ``provenance.json``: what made the files beside it.

    Parameters
    ----------
    path : Path
        The JSON file.
    study : Study
        Its fingerprint and seed are recorded.
    packages : tuple of str
        Distributions whose versions matter to the result.
    seconds : float
        How long the work took.
    **facts
        Whatever else decided the result (weights, pool, device), JSON-serialisable.
    """
    write_json(
        path,
        {
            "study": study.name,
            "study_sha256": study.fingerprint(),
            "seed": study.seed,
            "commit": commit(),
            "versions": versions(packages),
            "platform": platform.platform(),
            "made_at": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
            "seconds": round(seconds, 1),
            **facts,
        },
    )
