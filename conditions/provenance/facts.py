"""Where a result came from: versions, commit, study, seconds."""

import hashlib
import os
import platform
import subprocess
from datetime import datetime, timezone
from functools import cache
from importlib import metadata
from pathlib import Path

from conditions.files import write_json
from conditions.study.study import Study

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def commit() -> str | None:
    """Commit of this laboratory's code, with ``+changes`` if files differ.

    None where the laboratory is no repository of its own: one that it was copied into has commits
    that say nothing about it.
    """
    try:
        if Path(_git("rev-parse", "--show-toplevel")).resolve() != ROOT:
            return None
        return _git("describe", "--always", "--abbrev=40", "--dirty=+changes")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*arguments: str) -> str:
    # Within a hook, git's own variables name the repository of the hook.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return done.stdout.strip()


@cache
def code_sha256(room: str) -> str:
    """Hash of a room's code and tables, whatever the ends of their lines.

    Code that was copied here without its repository has no commit, and changes that nobody has
    committed have none of their own.
    """
    found = hashlib.sha256()
    files = (path for kind in ("*.py", "*.yaml") for path in (ROOT / room).rglob(kind))
    # An editor's lock may be a link to nowhere.
    for name in sorted(path.relative_to(ROOT).as_posix() for path in files if path.is_file()):
        content = (ROOT / name).read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{name} {len(content)}\n".encode() + content)
    return found.hexdigest()


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
        {**common_facts(study, packages), "made_at": now(), "seconds": round(seconds, 1), **facts},
    )


def common_facts(study: Study, packages: tuple[str, ...]) -> dict[str, object]:
    """Study, code and machine, as every provenance has them."""
    return {
        "study": study.name,
        "study_sha256": study.fingerprint(),
        "seed": study.seed,
        "commit": commit(),
        "versions": versions(packages),
        "platform": platform.platform(),
    }


def now(timespec: str = "seconds") -> str:
    """The time with its zone, as ISO 8601 has it."""
    return datetime.now(timezone.utc).astimezone().isoformat(timespec=timespec)
