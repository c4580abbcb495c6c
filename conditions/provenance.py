"""Where a result came from: versions, commit, study, seconds."""

import os
import platform
import subprocess
from datetime import datetime, timezone
from functools import cache
from importlib import metadata
from pathlib import Path

from conditions.files import write_json
from conditions.study.study import Study


@cache
def commit() -> str | None:
    """Commit of this laboratory's code, with ``+changes`` if files differ.

    None where the laboratory is no repository of its own: one that it was copied into has commits
    that say nothing about it.
    """
    root = Path(__file__).resolve().parent.parent
    try:
        if Path(_git(root, "rev-parse", "--show-toplevel")).resolve() != root:
            return None
        return _git(root, "describe", "--always", "--abbrev=40", "--dirty=+changes")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    # Within a hook, git's own variables name the repository of the hook.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return done.stdout.strip()


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
            "made_at": datetime.now(timezone.utc).astimezone().isoformat(timespec="seconds"),
            "seconds": round(seconds, 1),
            **facts,
        },
    )
