"""All that a session leaves, on disk at once; where the disk fails, in another place."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conditions.files import atomic_path, write_json
from conditions.folder import StudyFolder
from conditions.tables.events import EVENTS
from conditions.tables.schema import Table
from conditions.tables.sessions import FRAMES, ONSETS, RATINGS, TRIALS
from experiment.records.facts import RUNNING, updated
from experiment.records.home import own_home
from experiment.records.recorder import TableRecorder, header, lines

TABLES = (TRIALS, RATINGS, FRAMES, ONSETS, EVENTS)
RESCUED = "rescued_sessions"


@dataclass(frozen=True)
class Trouble:
    """Why data cannot be written where they belong; ``rescue`` is None while nothing works."""

    folder: Path
    reason: str
    rescue: Path | None


class SessionStore:
    """Appends to the tables of a session and keeps ``session.json``.

    Where writing fails (the disk is full, the folder is gone), all that the session has so far
    goes to a folder of its own in the home directory or in that of temporary files, and all that
    follows too; where that fails as well, it is kept in memory and tried again with every trial.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    participant : int
        Number of the participant, whose folder exists.
    """

    def __init__(self, folder: StudyFolder, participant: int) -> None:
        self._data = self._where = folder.session(participant)
        self._rescues = [_named(place, folder, participant) for place in rescue_places()]
        self._facts: dict = {}
        self._belongs_in = str(self._data.resolve())
        self._syncing = ThreadPoolExecutor(max_workers=1)
        self._to_settle: list[Future[None]] = []
        # In pieces: to add to one long text would copy all of it with every row.
        self._text: dict[str, list[str]] = {}
        self._open: dict[str, TableRecorder] = {}
        self.trouble: Trouble | None = None
        levels = {"condition": tuple(folder.study.conditions)}
        self._tables = [table.with_levels(levels) for table in TABLES]
        for table in self._tables:
            path = self._data / f"{table.name}.csv"
            self._text[table.name] = [header(table)]
            self._open[table.name] = TableRecorder(path, table)
            self._text[table.name] = [path.read_text(encoding="utf-8-sig")]

    def append(self, table: Table, *rows: dict) -> None:
        """Add rows to a table; they are on disk when the call returns, unless there is trouble."""
        text = lines(table, *rows)
        self._text[table.name].append(text)
        self._try(lambda: self._open[table.name].write(text))

    def note(self, table: Table, *rows: dict, sync: bool = True) -> None:
        """Add rows without waiting for the disk, while something is on the screen.

        A kill cannot take them; a power cut in the next moment can, and without ``sync`` one until
        the table is synchronised for another row.
        """
        text = lines(table, *rows)
        self._text[table.name].append(text)
        recorder = self._open[table.name]
        self._try(lambda: recorder.write(text, sync=False))
        if sync and self._open[table.name] is recorder:
            self._to_settle.append(self._syncing.submit(recorder.sync))

    def settle(self) -> None:
        """Wait until all rows that were noted to be synchronised are on the disk itself."""
        waiting, self._to_settle = self._to_settle, []

        def wait() -> None:
            for sync in waiting:
                sync.result()

        self._try(wait)

    def record(self, facts: dict) -> None:
        """Write ``session.json``, the facts of the session so far."""
        self._facts = facts
        self._try(self._write_facts)

    def add_facts(self, **found: object) -> None:
        """Write into ``session.json`` what the run has found so far: a kill cannot take it."""
        self.record(updated(self._facts, RUNNING, **found))

    def close(self) -> None:
        """Close the tables."""
        self._syncing.shutdown()
        self._close_tables()

    def kept(self) -> str:
        """Where every answer of the session is, in a sentence; the answers where it is nowhere."""
        answers = ["".join(self._text[table.name]) for table in (TRIALS, RATINGS)]
        count = sum(table.count("\n") - 1 for table in answers)
        if self.trouble is not None and self.trouble.rescue is None:
            tables = "\n".join(answers)
            return (
                f"{tables}\nAll {count} answers are in the lines above, and nowhere else: no disk "
                "could be written; copy them into a file"
            )
        return f"all {count} answers are in {self._where}"

    def _close_tables(self) -> None:
        for recorder in self._open.values():
            recorder.close()

    def _try(self, write: Callable[[], None]) -> None:
        if self.trouble is not None and self.trouble.rescue is None:
            # What came before is in memory only.
            self._rescue(self.trouble.reason)
            return
        try:
            write()
        except OSError as error:
            self._rescue(error.strerror or str(error))

    def _rescue(self, reason: str) -> None:
        """Write all that there is to the first place that takes it."""
        self._to_settle = []
        self._close_tables()
        stamp = datetime.now().strftime("%Y%m%dT%H%M%S%f")
        for place in self._rescues:
            where = place.with_name(f"{place.name}-{stamp}")
            try:
                self._open = dict(self._rewritten(where))
                self._where = where
                self._write_facts()
            except OSError:
                continue
            self.trouble = Trouble(self._data, reason, where)
            return
        self.trouble = Trouble(self._data, reason, None)

    def _write_facts(self) -> None:
        path, facts = self._where / "session.json", self._facts
        if self._where != self._data:
            facts = facts | {"belongs_in": self._belongs_in}
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the folder is gone", str(path.parent))
        with atomic_path(path) as temporary:
            write_json(temporary, facts)
            with temporary.open("rb+") as stream:
                os.fsync(stream.fileno())

    def _rewritten(self, where: Path) -> Iterator[tuple[str, TableRecorder]]:
        where.mkdir(parents=True, exist_ok=True)
        for table in self._tables:
            recorder = TableRecorder(where / f"{table.name}.csv", table)
            recorder.write("".join(self._text[table.name]).removeprefix(header(table)))
            yield table.name, recorder


def rescue_places() -> list[Path]:
    """Folders for sessions whose own folder cannot be written, first choice first."""
    places = [own_home(), Path(tempfile.gettempdir())]
    return [place / RESCUED for place in places if place is not None]


def _named(place: Path, folder: StudyFolder, participant: int) -> Path:
    return place / folder.study.name / folder.session(participant).name
