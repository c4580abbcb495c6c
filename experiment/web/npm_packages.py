"""jsPsych and its plugins, fetched by npm at the versions of the lock file, once a user."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from conditions.errors import StudyError
from conditions.files import sha256_of

NPM = Path(__file__).parent / "npm"
FILES = ("package.json", "package-lock.json")
# What the page loads, by the file's name there: the file of the package, and its SHA-256 at the
# version of the lock file.
WANTED = {
    "jspsych.js": (
        "jspsych/dist/index.browser.min.js",
        "b58c69e607f2ddbd282f2daec43d882cac18d9e3efdad816215b818d1406d6ce",
    ),
    "plugin-browser-check.js": (
        "@jspsych/plugin-browser-check/dist/index.browser.min.js",
        "bdee6ebf31df30faf5e1ac3a76c5da7b598bc6587336863d540a36f2dc459e87",
    ),
    "plugin-fullscreen.js": (
        "@jspsych/plugin-fullscreen/dist/index.browser.min.js",
        "c1be839ab496a5241f5df56a73e72ce0a5feae95b50033af1d14cf0367336354",
    ),
}
TOOK_TOO_LONG_S = 300


def copy_packages(vendor: Path) -> None:
    """Copy what the page loads of others into a folder; npm fetches it where it is not there yet.

    Raises
    ------
    StudyError
        Where npm is missing, or cannot fetch the packages.
    """
    modules = _modules()
    vendor.mkdir(parents=True)
    for name, (source, _) in WANTED.items():
        # A source map is named there that does not go along.
        text = (modules / source).read_text(encoding="utf-8")
        lines = [line for line in text.split("\n") if not line.startswith("//# sourceMappingURL")]
        _write(vendor / name, lines)
    _write(vendor / "packages.txt", [_described(path) for path in sorted(_packages(modules))])


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def _packages(modules: Path) -> list[Path]:
    return [*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]


def _described(package: Path) -> str:
    """Whose work a package is, and under what licence: it goes along with it."""
    facts = json.loads(package.read_text(encoding="utf-8"))
    author = facts.get("author", "")
    name = author.get("name", "") if isinstance(author, dict) else author
    return f"{facts['name']} {facts['version']}, {facts.get('license', '')}, {name}".rstrip(", ")


def _modules() -> Path:
    """The folder with the packages of the lock file."""
    digest = sha256(b"".join((NPM / name).read_bytes() for name in FILES)).hexdigest()[:16]
    kept = _cache() / digest
    if _damaged(kept) is None:
        return kept / "node_modules"
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Renamed when it is whole: whoever writes a page meanwhile, or is cut off, leaves no half.
    with tempfile.TemporaryDirectory(dir=kept.parent) as made:
        fetched = Path(made) / "fetched"
        fetched.mkdir()
        for name in FILES:
            shutil.copyfile(NPM / name, fetched / name)
        _fetch(fetched)
        if (damaged := _damaged(fetched)) is not None:
            raise StudyError(f"npm ci: {damaged}: not the file of the pinned version")
        if kept.exists():
            kept.rename(Path(made) / "damaged")
        fetched.rename(kept)
    return kept / "node_modules"


def _damaged(where: Path) -> str | None:
    """A file that is missing below a folder, or is not what was published."""
    for source, digest in WANTED.values():
        path = where / "node_modules" / source
        if not path.is_file() or sha256_of(path) != digest:
            return source
    return None


def _fetch(where: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise StudyError(
            "npm: not found; it fetches jsPsych, on which the page runs: install Node.js "
            "(nodejs.org; Debian and Ubuntu: apt-get install npm)"
        )
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            command,
            cwd=where,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TOOK_TOO_LONG_S,
        )
    except subprocess.TimeoutExpired:
        raise StudyError(
            f"npm ci: no answer within {TOOK_TOO_LONG_S} s; is the network up?"
        ) from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        why = "; ".join(said[:2]) or f"exit code {done.returncode}"
        raise StudyError(f"npm ci: jsPsych cannot be fetched: {why}")


def _cache() -> Path:
    """Where fetched packages stay for the next page of this user."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "reference-images-laboratory" / "npm"
