"""What befalls a study folder as a whole: names, copies, things in the place of others."""

import json
import os
import shutil
from pathlib import Path
from random import Random

from tests.fuzz.mutations.mutation import Mutation

STUDY = Path("studies/rehearsal_fuzz")
_READERS = ("build", "check", "status", "run", "report", "session", "merge", "join", "machine")
_STRAY_FILES = (
    *("participant-001 (1).csv", "participant-1.csv", "Copy of participant-001.csv"),
    *("participant-0001.csv", "participant-١.csv", "participant-.csv", "participant-99999999.csv"),
    *("größe [1].csv", "notes.txt", "x" * 200 + ".csv"),
)
_QUIET_FILES = ("._participant-001.csv", ".DS_Store", "desktop.ini", "Thumbs.db", "~$a.csv")
_STRAY_FOLDERS = ("sub-001 - Copy", "sub-001 (1)", "sub-1", "sub-0001", "sub-x", "[sub-001]", "sub")


def _stray_file(root: Path, rng: Random) -> str:
    name = rng.choice(_STRAY_FILES)
    folder = root / STUDY / "conditions"
    if rng.random() < 0.7:
        shutil.copyfile(folder / "participant-001.csv", folder / name)
    else:
        (folder / name).write_bytes(rng.choice([b"", b"\xff\0", b"a,b\n1,2\n"]))
    return f"conditions/{name[:40]}"


def _quiet_file(root: Path, rng: Random) -> str:
    name = rng.choice(_QUIET_FILES)
    folder = root / STUDY / rng.choice(["conditions", "data", "data/sub-001", "machine", "stimuli"])
    (folder / name).write_bytes(b"\0\1\2")
    return f"{folder.name}/{name}"


def _stray_bytes(root: Path, rng: Random) -> str:
    """A name in another encoding than UTF-8."""
    where = rng.choice(["conditions", "data"])
    path = os.fsencode(root / STUDY / where) + b"/caf\xe9.csv"
    with open(path, "wb"):  # noqa: PTH123 (Path has no names of bytes)
        return f"{where}/caf\\xe9.csv"


def _stray_folder(root: Path, rng: Random) -> str:
    name, data = rng.choice(_STRAY_FOLDERS), root / STUDY / "data"
    shutil.copytree(data / "sub-001", data / name)
    return f"data/{name}"


def _stray_in_session(root: Path, rng: Random) -> str:
    session = root / STUDY / "data" / "sub-001"
    name = rng.choice(["trials (1).csv", "trials.csv.bak", "trials - Kopie.csv", "other.csv", "x"])
    shutil.copyfile(session / "trials.csv", session / name)
    return f"data/sub-001/{name}"


def _same_under_another_number(root: Path, rng: Random) -> str:
    """Session 1 copied as one of participant 5, as if there were another person."""
    data = root / STUDY / "data"
    shutil.copytree(data / "sub-001", data / "sub-005")
    for path in (data / "sub-005").glob("*.csv"):
        lines = path.read_text(encoding="utf-8").split("\n")
        if lines[0].startswith("participant,"):
            lines[1:] = ["5" + line.removeprefix("1") if line else line for line in lines[1:]]
            path.write_text("\n".join(lines), encoding="utf-8")
    facts = json.loads((data / "sub-005" / "session.json").read_text(encoding="utf-8"))
    (data / "sub-005" / "session.json").write_text(json.dumps(facts | {"participant": 5}))
    return "session 1 as 5"


def _without_answers(root: Path, rng: Random) -> str:
    session = root / STUDY / "data" / "sub-005"
    session.mkdir()
    if rng.random() < 0.5:
        shutil.copyfile(root / STUDY / "data" / "sub-001" / "study.yaml", session / "study.yaml")
    return "data/sub-005 without answers"


def _file_for_folder(root: Path, rng: Random) -> str:
    name = rng.choice(["conditions", "data", "stimuli", "report", "machine", "data/sub-001"])
    path = root / STUDY / name
    if path.exists():
        shutil.rmtree(path)
    path.write_text("x")
    return f"a file {name}"


def _folder_gone(root: Path, rng: Random) -> str:
    name = rng.choice(
        ["conditions", "data", "stimuli", "machine", "data/sub-001", "machine/oracle"]
    )
    shutil.rmtree(root / STUDY / name)
    return f"without {name}"


def _folder_emptied(root: Path, rng: Random) -> str:
    name = rng.choice(
        ["conditions", "data", "stimuli", "machine", "data/sub-001", "machine/oracle"]
    )
    shutil.rmtree(root / STUDY / name)
    (root / STUDY / name).mkdir()
    return f"{name} empty"


def _linked(root: Path, rng: Random) -> str:
    name = rng.choice(["conditions", "data", "report", "data/sub-001", "stimuli"])
    path = root / STUDY / name
    if path.exists():
        shutil.rmtree(path)
    path.symlink_to(path.with_name("no such folder") if rng.random() < 0.5 else path)
    return f"{name} a link to nowhere"


def _session_file_for_folder(root: Path, rng: Random) -> str:
    data = root / STUDY / "data"
    name = rng.choice(["sub-005", "sub-004.lock", "sub-003.lock"])
    if (data / name).exists():
        (data / name).unlink()
    if name.endswith(".lock"):
        (data / name).mkdir()
    else:
        (data / name).write_text("x")
    return f"data/{name} of the other sort"


def _session_of_thousands(root: Path, rng: Random) -> str:
    data = root / STUDY / "data"
    name = rng.choice(["sub-1000", "sub-99999999999999999999"])
    shutil.copytree(data / "sub-001", data / name)
    return f"data/{name}"


def _report_in_the_way(root: Path, rng: Random) -> str:
    report = root / STUDY / "report"
    name = rng.choice(["report.html", "tables", "figures", "provenance.json", "session-001.html"])
    report.mkdir()
    if name in ("tables", "figures"):
        (report / name).write_text("x")
    else:
        (report / name).mkdir()
    return f"report/{name} of the other sort"


MUTATIONS = (
    Mutation("stray condition file", _stray_file, (".",), _READERS),
    Mutation("hidden file", _quiet_file, (".",)),
    Mutation("name of bytes", _stray_bytes, (".",)),
    Mutation("stray session", _stray_folder, (".",), _READERS),
    Mutation("stray in a session", _stray_in_session, (".",)),
    Mutation(
        "the same under another number", _same_under_another_number, (".",), ("report", "compare")
    ),
    Mutation("session without answers", _without_answers, (".",), ("report",)),
    Mutation("file for a folder", _file_for_folder, (".",)),
    Mutation("folder gone", _folder_gone, (".",)),
    Mutation("folder emptied", _folder_emptied, (".",)),
    Mutation("link to nowhere", _linked, (".",)),
    Mutation("session of the other sort", _session_file_for_folder, (".",)),
    Mutation("session of thousands", _session_of_thousands, (".",), ("report",)),
    Mutation("report in the way", _report_in_the_way, (".",)),
)
