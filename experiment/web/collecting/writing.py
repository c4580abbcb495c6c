"""Collected sessions on disk: new ones whole or not at all, those that go on row by row."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.tables.schema import Table
from conditions.tables.session_facts import LAB, WEB
from experiment.records.copying import sync_folder, write_whole
from experiment.records.facts import WEB_ANSWERS
from experiment.records.people.consent_text import keep_text
from experiment.records.recorder import TableRecorder, header, lines, mend
from experiment.records.same_session import facts_in, whole_lines
from experiment.web.collecting.answers import read_runs
from experiment.web.collecting.rows import Rows
from experiment.web.collecting.sittings import Sitting, Sittings, joined


def collected(data: Path) -> Sittings:
    """The answers that a session's folder holds, as they came; none where there is no folder.

    Raises
    ------
    StudyError
        Where the folder holds a session that is not of the web, or has lost its answers.
    """
    if not data.exists():
        return ()
    kept = data / WEB_ANSWERS
    if not kept.is_file():
        if any(data.iterdir()):
            is_of_web = facts_in(data).get("place", LAB) == WEB
            whose = f"the web that has lost its {WEB_ANSWERS}" if is_of_web else "the laboratory"
            raise StudyError(f"{data}: the number is used: found a session of {whose}")
        return ()
    texts = read_runs(str(kept), kept.read_bytes())
    return joined((), (Sitting(run) for run in texts.runs))


def write_new(
    folder: StudyFolder, participant: int, sittings: Sittings, rows: Rows, facts: dict[str, Any]
) -> None:
    """Write a session that is not there yet; its lock must be held.

    All is written under another name, which no command takes for a session, and then renamed.
    """
    data = folder.session(participant)
    prefix = f".{data.name}-"
    for left in folder.data.glob(f"{prefix}*/"):
        # By a collecting that was killed: nobody's session, but a person's answers.
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder.data, prefix=prefix) as temporary:
        made = Path(temporary) / data.name
        made.mkdir()
        _write_through(made, folder, rows, facts)
        write_whole(made / WEB_ANSWERS, _text(sittings))
        if data.exists():
            # Left by a run that was stopped before its first file: empty, or it is not removed.
            data.rmdir()
        made.rename(data)
    sync_folder(folder.data)


def go_on(
    folder: StudyFolder, participant: int, sittings: Sittings, rows: Rows, facts: dict[str, Any]
) -> None:
    """Add what a session lacks; its lock must be held. Done again after a kill, it goes on.

    Raises
    ------
    StudyError
        Where a table holds other rows than the answers that were collected before.
    """
    data = folder.session(participant)
    texts = {table: _lines(table, wanted) for table, wanted in rows.items()}
    for table, wanted in texts.items():
        path = data / f"{table.name}.csv"
        there = whole_lines(path)
        ours = [header(table).rstrip("\n"), *wanted]
        for number, (found, line) in enumerate(zip(there, ours, strict=False), start=1):
            if found != line:
                raise StudyError(
                    f"{path}: row {number}: not what {data / WEB_ANSWERS} says: it was changed, "
                    "and nothing is added to it"
                )
        if len(there) > len(ours):
            raise StudyError(
                f"{path}: found {len(there) - 1} rows, wanted at most {len(wanted)}, as the "
                "answers say; nothing is added to it"
            )
    # First: whatever is cut off now, the rows that are lacking follow from them.
    write_whole(data / WEB_ANSWERS, _text(sittings))
    _write_through(data, folder, rows, facts)


def is_whole(data: Path, rows: Rows, facts: dict[str, Any]) -> bool:
    """Whether a session's folder has all rows, and its ``session.json`` says so."""
    told = facts_in(data)
    return all(told.get(name) == facts[name] for name in ("state", "runs")) and all(
        len(whole_lines(data / f"{table.name}.csv")) == 1 + len(wanted)
        for table, wanted in rows.items()
    )


def _write_through(data: Path, folder: StudyFolder, rows: Rows, facts: dict[str, Any]) -> None:
    """Write what a session's folder lacks of its files and rows."""
    if not (data / "study.yaml").exists():
        write_whole(data / "study.yaml", folder.study_file.read_bytes())
    for run in facts["runs"]:
        keep_text(data, folder.study, run["consent"])
    for table, wanted in rows.items():
        path = data / f"{table.name}.csv"
        mend(path)
        more = _lines(table, wanted)[max(0, len(whole_lines(path)) - 1) :]
        recorder = TableRecorder(path, table.with_levels({"condition": _conditions(folder)}))
        recorder.write("".join(f"{line}\n" for line in more))
        recorder.close()
    # Last: a session is not called complete before its rows are there.
    write_json(data / "session.json", facts)
    sync_folder(data)


def _conditions(folder: StudyFolder) -> tuple[str, ...]:
    return tuple(folder.study.conditions)


def _lines(table: Table, rows: Iterable[dict[str, Any]]) -> list[str]:
    return [lines(table, row).removesuffix("\n") for row in rows]


def _text(sittings: Sittings) -> bytes:
    contents = (content for sitting in sittings for content in sitting.contents)
    return "".join(f"{content}\n" for content in contents).encode()


def sha256(content: bytes) -> str:
    """Of a text, as it came."""
    return hashlib.sha256(content).hexdigest()
