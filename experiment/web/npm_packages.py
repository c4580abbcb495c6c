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

NPM = Path(__file__).parent / "npm"
FILES = ("package.json", "package-lock.json")
# What the page loads, by the file's name there.
WANTED = {
    "jspsych.js": "jspsych/dist/index.browser.min.js",
    "plugin-browser-check.js": "@jspsych/plugin-browser-check/dist/index.browser.min.js",
    "plugin-fullscreen.js": "@jspsych/plugin-fullscreen/dist/index.browser.min.js",
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
    for name, source in WANTED.items():
        # A source map is named there that does not go along.
        text = (modules / source).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith("//# sourceMappingURL")]
        _write(vendor / name, lines)
    _write(vendor / "packages.txt", [_described(path) for path in sorted(_packages(modules))])


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


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
    modules = _cache() / digest / "node_modules"
    if all((modules / source).is_file() for source in WANTED.values()):
        return modules
    modules.parent.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=modules.parent.parent) as made:
        for name in FILES:
            shutil.copyfile(NPM / name, Path(made) / name)
        _fetch(Path(made))
        shutil.rmtree(modules.parent, ignore_errors=True)
        shutil.copytree(made, modules.parent)
    return modules


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
            command, cwd=where, capture_output=True, text=True, timeout=TOOK_TOO_LONG_S
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
