"""All sessions of a study, as their files say; looked at again and again."""

from dataclasses import dataclass
from typing import Any

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import condition_files, session_folders, withdrawals
from conditions.tables.files import read_table
from conditions.tables.session_facts import WEB
from conditions.trials.build import table_of
from conditions.trials.course import n_sessions, sessions_of
from experiment.monitor.files import Files, Row, facts_of, number_of_rows, whole_rows_of
from experiment.monitor.measures import Measures, begun_again, measures_of, pace_of
from experiment.monitor.outlets import marker_rows, outlets_of
from experiment.records.facts import KILLED, RUNNING, is_cut_off
from experiment.records.rescues import Rescue, rescues_of
from experiment.records.standing import WITHDRAWN

NOT_BEGUN, DAMAGED = "not begun", "session.json is missing or damaged"


_ON_WEB = f" on the {WEB}"


@dataclass(frozen=True)
class Standing:
    """Where a participant stands.

    Attributes
    ----------
    participant : int
        The number.
    state : str
        As ``session.json`` says, or that there is nothing yet; killed where it says that it runs
        and its process is gone from this computer.
    done, wanted : int
        Trials and ratings, answered and in all; ``wanted`` is 0 where there is no condition file.
    age : float or None
        Seconds since anything of it was written.
    """

    participant: int
    state: str
    done: int
    wanted: int
    age: float | None


@dataclass(frozen=True)
class Watched:
    """A session in detail.

    Attributes
    ----------
    standing : Standing
        How far it is.
    session, sessions : int
        Which of the participant's sessions it is, from 1, and how many there are.
    left : int
        Trials and ratings to come in this session.
    measures : Measures
        Of all its answers.
    pace : float or None
        Seconds a trial takes.
    begun_again : int
        Trials that were interrupted.
    runs : tuple of dict
        What ``session.json`` says of each.
    observer : str
        Who answers, and that it was on the web.
    outlets : dict
        What was told last of each outlet for markers, by name; empty without outlets.
    """

    standing: Standing
    session: int
    sessions: int
    left: int
    measures: Measures
    pace: float | None
    begun_again: int
    runs: tuple[dict[str, Any], ...]
    observer: str
    outlets: dict[str, str]

    @property
    def of_web(self) -> bool:
        """Whether it was given in a browser."""
        return self.observer.endswith(_ON_WEB)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at the pace of the last trials."""
        return None if self.pace is None else self.pace * self.left


@dataclass(frozen=True)
class View:
    """A study at a moment: where all stand, sessions in detail, and what is to be known besides."""

    standings: tuple[Standing, ...]
    watched: tuple[Watched, ...]
    refusals: int
    rescues: tuple[Rescue, ...]


class Watch:
    """Looks at a study's sessions.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    files : Files
        Reads them.
    """

    def __init__(self, folder: StudyFolder, files: Files | None = None) -> None:
        self._folder, self._files = folder, files or Files()
        self._was_there = False
        self._sessions: dict[int, tuple[int, ...]] = {}

    def look(self) -> View:
        """How things stand now: the sessions that run in detail, or else the last one.

        Raises
        ------
        OSError
            Where the folder is gone, as on a share that is out of reach, or cannot be read.
        """
        self._require_folder()
        folder = self._folder
        numbers = sorted({*condition_files(folder), *session_folders(folder.data)})
        gone = withdrawals(folder)
        standings = tuple(
            self._standing(number)
            if number not in gone
            else Standing(number, WITHDRAWN, done=0, wanted=0, age=None)
            for number in numbers
        )
        begun = [each for each in standings if each.age is not None]
        running = [each for each in begun if each.state == RUNNING]
        last = sorted(begun, key=lambda each: each.age or 0)[:1]
        refusals = self._files.read(folder.data / "refusals.csv", number_of_rows)
        return View(
            standings,
            tuple(self._watched(each) for each in running or last),
            refusals or 0,
            tuple(rescues_of(folder)),
        )

    def _require_folder(self) -> None:
        """Take note that the folder is there; a place where a share was mounted is empty."""
        try:
            self._folder.study_file.stat()
            self._was_there = True
        except FileNotFoundError:
            if self._was_there:
                raise

    def _standing(self, participant: int) -> Standing:
        folder, files = self._folder, self._files
        data = folder.session(participant)
        paths = [data / name for name in ("trials.csv", "ratings.csv", "onsets.csv")]
        answers, ratings, onsets = (len(files.read(path, whole_rows_of) or []) for path in paths)
        facts = files.read(data / "session.json", facts_of)
        rows = files.read(folder.condition_file(participant), number_of_rows)
        state = NOT_BEGUN
        if facts is not None or answers + ratings + onsets:
            known = (facts or {}).get("state")
            state = known if isinstance(known, str) else DAMAGED
            if is_cut_off(facts or {}):
                state = KILLED
        return Standing(
            participant,
            state,
            answers + ratings,
            0 if rows is None else rows + folder.study.n_repeats,
            None if state == NOT_BEGUN else files.age(*paths, data / "session.json"),
        )

    def _watched(self, standing: Standing) -> Watched:
        files, data = self._files, self._folder.session(standing.participant)
        tables = ("trials.csv", "ratings.csv", "onsets.csv")
        answers, ratings, onsets = (files.read(data / each, whole_rows_of) or [] for each in tables)
        facts = files.read(data / "session.json", facts_of) or {}
        runs = tuple(run for run in _list(facts.get("runs")) if isinstance(run, dict))
        session = facts.get("session", 1)
        since = str(runs[-1].get("started_at")) if runs else None
        return Watched(
            standing=standing,
            session=session if isinstance(session, int) else 1,
            sessions=n_sessions(self._folder.study),
            left=self._left(standing, session, [*answers, *ratings]),
            measures=measures_of(answers),
            pace=pace_of(onsets, since),
            begun_again=begun_again(onsets),
            runs=runs,
            observer=_who(facts),
            outlets=outlets_of(files.read(data / "events.csv", marker_rows) or []),
        )

    def _left(self, standing: Standing, session: object, rows: list[Row]) -> int:
        """Trials and ratings to come in a session."""
        of_trials = self._of_trials(standing.participant)
        if not of_trials:
            return max(0, standing.wanted - standing.done)
        wanted = of_trials.count(session) if isinstance(session, int) else 0
        if session == n_sessions(self._folder.study):
            wanted += self._folder.study.n_repeats
        return max(0, wanted - sum(row.get("session") == str(session) for row in rows))

    def _of_trials(self, participant: int) -> tuple[int, ...]:
        """The session of each row of a condition file, where a study has several."""
        if n_sessions(self._folder.study) == 1:
            return ()
        if participant not in self._sessions:
            study, path = self._folder.study, self._folder.condition_file(participant)
            try:
                trials = read_table(path, table_of(study))
                self._sessions[participant] = tuple(sessions_of(study, participant, trials))
            except StudyError:
                # Whoever runs the session is told; here only the time left is less certain.
                return ()
        return self._sessions[participant]


def _who(facts: dict[str, Any]) -> str:
    observer = str(facts.get("observer", ""))
    return observer + _ON_WEB if facts.get("place") == WEB else observer


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
