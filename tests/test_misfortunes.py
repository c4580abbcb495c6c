"""What files, disks, consoles and links can do to a command: one line, exit code 2, no traceback.

The commands run in this process where they can. Wherever something is read, it stays as it is.
"""

import errno
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
import yaml

from conditions.commands import command_line as commands
from conditions.errors import StudyError
from conditions.folder import DESIGNS, StudyFolder
from tests.conftest import ROOT, command, in_process
from tests.experiment.rehearsed import SHORT, tiny_study

ROOMS = ("conditions", "stimgen", "experiment", "analysis")
HEAVY = {"scipy", "torch", "psychopy", "pingouin", "statsmodels", "matplotlib", "dask"}


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> StudyFolder:
    root = tmp_path_factory.mktemp("study")
    return tiny_study(root, parts=SHORT, intuitiveness=[], repeats=None)


@pytest.fixture
def say(monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Exit code and what was printed, by a command in this process."""

    def of(room: str, *arguments: str) -> tuple[int, str, str]:
        app = __import__(f"{room}.__main__", fromlist=["app"]).app
        monkeypatch.setattr(sys, "argv", [room, *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            commands.run(app, room)
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return of


def contents(folder: Path) -> dict[str, str]:
    """What lies in a folder; a link that leads nowhere is nothing."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
        if path.exists()
    }


def fails(app_raises: BaseException) -> typer.Typer:
    app = commands.command_line("room", "A room.")

    @app.command()
    def go() -> None:
        raise app_raises

    return app


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file", "a/b.csv"), "a/b.csv: no such file"),
        (PermissionError(errno.EACCES, "Denied", "a/b.csv"), "a/b.csv: permission denied"),
        (IsADirectoryError(errno.EISDIR, "Is", "a"), "a: a folder where a file should be"),
        (NotADirectoryError(errno.ENOTDIR, "Is", "a"), "a: a file where a folder should be"),
        (OSError(errno.ENOSPC, "No space", "a"), "a: the disk is full: make room there"),
        (OSError(errno.EROFS, "Read-only", "a"), "a: on a medium that can only be read"),
        (OSError(errno.ENAMETOOLONG, "Long", "a"), "a: a longer name than the disk can hold"),
        (OSError(errno.EIO, "I/O", "a"), "a: reading or writing failed: is the disk in order"),
        (OSError("cannot identify image file"), "cannot identify image file"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "Connection refused"),
        (
            UnicodeDecodeError("utf-8", b"\xfc", 0, 1, "invalid"),
            "a text in another encoding than UTF-8",
        ),
        (MemoryError(), "no memory is left"),
        # A lab PC makes no images; another Python than that of the environment has nothing.
        (
            ModuleNotFoundError("No module named 'torch'", name="torch.nn"),
            f"torch: found no such package in this Python ({sys.executable}), wanted those of "
            "requirements.txt: pip install -r requirements.txt",
        ),
        (ModuleNotFoundError("No module", name="scipy"), "scipy: found no such package in this"),
        (StudyError("study.yaml: [red] is no colour"), "study.yaml: [red] is no colour"),
    ],
)
def test_what_befalls_a_command_is_one_line(monkeypatch, capsys, error, words):
    monkeypatch.setattr(sys, "argv", ["room", "go"])
    with pytest.raises(SystemExit) as ended:
        commands.run(fails(error), "room")
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"room: {words}")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        KeyError("unit"),
        ModuleNotFoundError("No module named 'stimgen.gone'", name="stimgen.gone"),
        FileNotFoundError(errno.ENOENT, "No such file", str(DESIGNS / "gone.yaml")),
    ],
)
def test_a_fault_of_ours_stays_a_traceback(monkeypatch, error):
    monkeypatch.setattr(sys, "argv", ["room", "go"])
    with pytest.raises(type(error)):
        commands.run(fails(error), "room")


READING = [
    ("conditions", "check", "STUDY"),
    ("conditions", "describe", "STUDY"),
    ("stimgen", "preview", "STUDY"),
    ("experiment", "status", "STUDY"),
    ("experiment", "join", "STUDY"),
    ("analysis", "report", "STUDY"),
    ("analysis", "session", "STUDY", "1"),
    ("analysis", "difficulty", "STUDY"),
    ("analysis", "compare", "STUDY"),
]
WRITING = [
    ("conditions", "build", "STUDY", "--participants", "1-2"),
    ("experiment", "machine", "STUDY", "--participant", "1", "--embedding", "pixels"),
]


@pytest.mark.parametrize("arguments", [*READING, *WRITING], ids=" ".join)
@pytest.mark.parametrize(
    "name", ["", "no_such", "x" * 300, "[/red]", "FILE", "FILE/inside", "FOLDER", "LOOP", "nul"]
)
def test_what_is_no_study_is_named_as_it_was_given(say, tmp_path, arguments, name):
    (tmp_path / "FILE").write_text("no study", encoding="utf-8")
    (tmp_path / "FOLDER" / "study.yaml").mkdir(parents=True)
    (tmp_path / "LOOP").symlink_to(tmp_path / "LOOP")
    before = contents(tmp_path)
    room, *words = arguments
    given = str(tmp_path / name) if name[:4] in ("FILE", "FOLD", "LOOP") else name
    root = tmp_path / "root"
    code, _, err = say(
        room, *(given if w == "STUDY" else w for w in words),
        *([] if "describe" in words else ["--root", root]),
    )  # fmt: skip
    assert code == 2
    assert (given or "STUDY") in err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("arguments", [*READING, *WRITING], ids=" ".join)
@pytest.mark.parametrize("target", ["conditions", "stimuli", "data", "stimuli/units.csv",
                                    "stimuli/stimuli.csv", "conditions/participant-001.csv",
                                    "data/sub-001", "report", "machine"])  # fmt: skip
@pytest.mark.parametrize("instead", ["file", "folder", "circle"])
def test_a_file_or_folder_in_the_others_place(say, study, tmp_path, arguments, target, instead):
    copy = tmp_path / "study"
    subprocess.run(["cp", "-r", str(study.path), str(copy)], check=True)
    path = copy / target
    if path.exists():
        path.rename(tmp_path / "away")
    path.parent.mkdir(exist_ok=True)
    if instead == "file":
        path.write_text("x", encoding="utf-8")
    elif instead == "folder":
        path.mkdir()
    else:
        path.symlink_to(path)
    before = contents(copy)
    room, *words = arguments
    code, _, err = say(room, *(copy if word == "STUDY" else word for word in words))
    assert code in (0, 2)
    assert (code == 2) == bool(err.strip())
    after = contents(copy)
    if arguments in READING and code == 2:
        written = {path for path in set(after) - set(before) if "/report" not in path}
        assert not written
    assert {path: after.get(path) for path in before} == before


@pytest.mark.parametrize("root", ["/proc/studies", "/sys/studies", "/dev/null/studies"])
def test_a_place_where_nothing_can_be_written(say, root):
    code, _, err = say("conditions", "build", "demo", "--participants", "1", "--root", root)
    assert code == 2
    assert err.startswith(f"conditions: {Path(root).parent}" if "null" in root else "conditions: /")
    assert err.count("\n") == 1


@pytest.mark.parametrize("numbers", ["1-99999999999", "0", "3-1", "1,,2", "[/x]", "9" * 400])
def test_participants_that_nobody_has(say, numbers, tmp_path):
    code, _, err = say(
        "conditions", "build", "demo", "--participants", numbers, "--root", tmp_path / "root"
    )
    assert code == 2
    assert "--participants" in err
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
@pytest.mark.parametrize(
    "arguments",
    [("conditions", "describe", "demo"), ("experiment", "status", "STUDY"),
     ("stimgen", "--help"), ("conditions", "build", "STUDY", "--participants", "1")],
    ids=" ".join,
)  # fmt: skip
def test_a_console_that_knows_few_letters(study, tmp_path, encoding, arguments):
    copy = tmp_path / "Büro [red] :cat: 研究"
    subprocess.run(["cp", "-r", str(study.path), str(copy)], check=True)
    words = [str(copy) if word == "STUDY" else word for word in arguments]
    if encoding == "ascii":
        done = command(*words, env=os.environ | {"PYTHONIOENCODING": encoding, "LC_ALL": "C"})
    else:
        done = in_process(*words, encoding=encoding)
    assert done.returncode == 0, done.stderr
    if "build" in arguments:
        assert " [red] :cat: " in done.stdout
        for line in done.stdout.splitlines():
            assert line.count("\\u7814\\u7a76") == 1


def test_progress_bars_on_a_console_that_knows_few_letters():
    script = (
        "from conditions.commands.command_line import progress_bar\n"
        "with progress_bar() as bar:\n"
        "    bar.advance(bar.add_task('[red] — 研究', total=2), 1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "FORCE_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"[red]" in done.stderr


def test_a_reader_that_closes_its_end_is_no_traceback():
    done = subprocess.run(
        f"{sys.executable} -m conditions describe experiment_2 | head -c 10",
        shell=True, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""


@pytest.mark.parametrize("room", ROOMS)
def test_help_loads_nothing_heavy(room):
    script = f"""
import runpy, sys
sys.argv = [{room!r}, "--help"]
try:
    runpy.run_module({room!r}, run_name="__main__")
finally:
    print(sorted({HEAVY!r} & {{name.split(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_status_loads_nothing_heavy(study):
    script = f"""
import runpy, sys
sys.argv = ["experiment", "status", {str(study.path)!r}]
try:
    runpy.run_module("experiment", run_name="__main__")
finally:
    print(sorted({HEAVY!r} & {{name.split(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_a_typo_that_only_the_model_knows_leaves_no_folder(tmp_path, demo):
    path = tmp_path / "study.yaml"
    for pool, images in (("no_such_pool", 2), (str(ROOT / "stimgen/photographs"), 1)):
        demo["natural"] |= {"pool": pool, "batches": 999 if images == 1 else 4}
        path.write_text(yaml.safe_dump(demo), encoding="utf-8")
        done = in_process("stimgen", "natural", str(path), "--root", str(tmp_path / "studies"))
        assert done.returncode == 2, done.stderr
        assert "pool" in done.stderr
        assert not (tmp_path / "studies").exists()
