"""Which Python the set-up takes, and what it says of an environment that it cannot use."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell's script")

# All that the script calls; no other Python than those of a test is on its path.
TOOLS = ("bash", "cat", "cp", "cut", "dirname", "du", "env", "grep", "id", "kill", "mkdir")
TOOLS += ("rm", "sed", "sha256sum", "sleep", "tail", "tee", "uname")
# Answers what the script asks a Python, makes environments that hold itself, and notes the rest.
PYTHON = """#!/bin/bash
case "$*" in
    *version_info*) echo {release};;
    *"import ensurepip"*) [ -z "{lacks_ensurepip}" ] || [ -e installed ];;
    *"import pip"*) [ -z "{lacks_pip}" ];;
    *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python &&
        echo "VIRTUAL_ENV=$PWD/.venv" >.venv/bin/activate;;
    *) echo "{release} $*" >>calls;;
esac
"""


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def python(path: Path, release: str, lacks_ensurepip: str = "", lacks_pip: str = "") -> Path:
    text = PYTHON.format(release=release, lacks_ensurepip=lacks_ensurepip, lacks_pip=lacks_pip)
    return program(path, text)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout of the script alone, at a path with a space, beside an otherwise empty path."""
    folder, programs = tmp_path / "a checkout", tmp_path / "programs"
    for name in ("setup.sh", "pip_install.sh", "apt-packages.txt", "apt-packages-dev.txt"):
        (folder / "tools").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "tools" / name, folder / "tools" / name)
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-trained.txt"):
        (folder / name).write_text("numpy\n", encoding="utf-8")
    (folder / "constraints.txt").write_text("", encoding="utf-8")
    programs.mkdir()
    for name in TOOLS:
        (programs / name).symlink_to(shutil.which(name))
    return folder


def setup(
    checkout: Path, requirements: str = "requirements.txt", **env: str
) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["tools/setup.sh", requirements],
        cwd=checkout,
        env={"PATH": str(checkout.parent / "programs"), **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def used(checkout: Path) -> str:
    """The release of the Python that installed the packages."""
    return (checkout / "calls").read_text(encoding="utf-8").split()[0]


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ({"python3.10": "3.10", "python3.11": "3.11", "python3.12": "3.12"}, "3.12"),
        ({"python3.10": "3.10", "python3.11": "3.11", "python3": "3.13"}, "3.11"),
        ({"python3": "3.10"}, "3.10"),
        ({"python": "3.12", "python3": "3.14"}, "3.12"),
        # A name that is there, and starts nothing, as some that manage several Pythons leave.
        ({"python3.12": "", "python3.11": "3.11"}, "3.11"),
    ],
)
def test_the_newest_supported_python_makes_the_environment(checkout, there, taken):
    for name, release in there.items():
        python(checkout.parent / "programs" / name, release)
    done = setup(checkout)
    assert done.returncode == 0, done.stderr
    assert used(checkout) == taken
    assert setup(checkout).stdout == ""  # all is there


def test_the_python_that_is_named_wins(checkout):
    python(checkout.parent / "programs" / "python3.12", "3.12")
    named = python(checkout.parent / "my pythons" / "python", "3.10")
    assert setup(checkout, PYTHON=str(named)).returncode == 0
    assert used(checkout) == "3.10"
    done = setup(checkout, PYTHON="python3.12")
    assert done.returncode == 2
    assert "setup: .venv is of Python 3.10, PYTHON=python3.12 is another; move it" in done.stderr


@pytest.mark.parametrize(
    ("there", "named", "words"),
    [
        ({}, None, "setup: found no Python 3.12 3.11 3.10; install one of them, or name it"),
        ({"python3": "3.13"}, None, "setup: found only Python 3.13, and no Python 3.12 3.11 3.10;"),
        ({"python3.14": "3.14"}, "python3.14", "PYTHON=python3.14 is 3.14; wanted one of Python"),
        ({"python3": "3.12"}, "nowhere", "PYTHON=nowhere is nothing that starts; wanted one of"),
    ],
)
def test_without_a_supported_python_one_line_says_so(checkout, there, named, words):
    for name, release in there.items():
        python(checkout.parent / "programs" / name, release)
    done = setup(checkout, **({"PYTHON": named} if named else {}))
    assert done.returncode == 2
    assert words in done.stderr.splitlines()[-1]
    # `make` alone shows its targets, whatever Python is named.
    assert ("in front of the command, as in PYTHON=" in done.stderr) == (named is None)
    assert not (checkout / ".venv").exists()


def test_half_an_environment_is_not_left(checkout):
    fails = 'mkdir -p .venv/bin && echo "a traceback" >&2 && echo "the disk is full" >&2 && exit 1'
    text = PYTHON.format(release="3.12", lacks_ensurepip="", lacks_pip="")
    making = text.index("mkdir -p .venv/bin && cp"), text.index(";;\n    *) echo")
    program(
        checkout.parent / "programs" / "python3.12", text[: making[0]] + fails + text[making[1] :]
    )
    done = setup(checkout)
    assert done.returncode == 2
    said = done.stderr.splitlines()
    assert said[-1] == "setup: no environment could be made: the disk is full"
    assert "a traceback" not in said
    assert not (checkout / ".venv").exists()


def test_what_is_no_folder_is_named_and_kept(checkout):
    python(checkout.parent / "programs" / "python3.12", "3.12")
    for make in (Path.touch, lambda path: path.symlink_to("a disk that is not mounted")):
        make(checkout / ".venv")
        done = setup(checkout)
        assert done.returncode == 2
        assert ".venv is there and no folder; move it away" in done.stderr.splitlines()[-1]
        (checkout / ".venv").unlink()


def test_an_environment_that_cannot_be_used_is_named_and_kept(checkout):
    python(checkout.parent / "programs" / "python3.12", "3.12")
    inside = checkout / ".venv" / "bin" / "python"
    inside.parent.mkdir(parents=True)
    inside.symlink_to("python-that-is-gone")
    for make, words in (
        (None, "does not start: the Python that it was made with is gone; move it away"),
        ({"release": "3.13"}, ".venv is of Python 3.13, wanted one of 3.12 3.11 3.10; move it"),
        ({"release": "3.12", "lacks_pip": "yes"}, ".venv has no pip: it was not finished, or"),
    ):
        if make is not None:
            inside.unlink()
            python(inside, **make)
        done = setup(checkout)
        assert done.returncode == 2
        assert words in done.stderr.splitlines()[-1]
        assert inside.is_symlink() or inside.exists()


def test_a_folder_that_was_moved_works_on_with_a_note(checkout):
    python(checkout.parent / "programs" / "python3.12", "3.12")
    assert setup(checkout).returncode == 0
    moved = checkout.rename(checkout.parent / "elsewhere")
    done = setup(moved)
    assert done.returncode == 0
    assert f"note: .venv was made as {checkout}/.venv; make works" in done.stderr


def test_what_makes_environments_is_installed_where_the_system_keeps_it_apart(checkout):
    programs = checkout.parent / "programs"
    python(programs / "python3.10", "3.10", lacks_ensurepip="yes")
    done = setup(checkout)
    assert done.returncode == 2
    assert "Python 3.10 lacks its module ensurepip" in done.stderr
    assert not (checkout / ".venv").exists()
    # Installed is what it is asked for last.
    program(programs / "apt-get", '#!/bin/bash\necho "$@" >installed\n')
    # Whoever is not root asks for it.
    program(programs / "sudo", '#!/bin/bash\nexec "$@"\n')
    done = setup(checkout)
    assert done.returncode == 0, done.stderr
    assert (checkout / "installed").read_text().endswith(" python3.10-venv\n")
    assert used(checkout) == "3.10"


def test_a_browser_and_npm_are_installed_for_development_alone_where_none_is_there(checkout):
    programs = checkout.parent / "programs"
    python(programs / "python3.12", "3.12")
    program(programs / "google-chrome", "#!/bin/bash\n")
    # Neither an apt nor npm: what is left out is named, and the rest is done.
    done = setup(checkout, "requirements-dev.txt")
    assert done.returncode == 0, done.stderr
    assert "no npm here (looked for npm): tests of the study in a browser are left" in done.stderr
    assert "chromium" not in done.stderr
    program(programs / "apt-cache", "#!/bin/bash\n")
    program(programs / "apt-get", '#!/bin/bash\necho "$@" >>installed\n')
    program(programs / "sudo", '#!/bin/bash\nexec "$@"\n')
    assert setup(checkout).returncode == 0
    assert not (checkout / "installed").exists()
    assert setup(checkout, "requirements-dev.txt").returncode == 0
    assert (checkout / "installed").read_text().endswith(" npm\n")
    assert "chromium" not in (checkout / "installed").read_text()
