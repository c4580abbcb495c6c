"""Read what machine observers left in a study folder."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.data.dataset import no_ratings
from analysis.data.sessions.belonging import planned_trials, refused
from analysis.data.sessions.files import Recorded, session_table
from analysis.data.tidy_table import NO_SCHEME
from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import session_folders
from conditions.study.kinds.kind import NONE
from conditions.tables.machine import JUDGEMENTS, MACHINE_TRIALS
from conditions.tables.session_facts import read_session_facts

FLOOR, OBSERVER, CEILING = "floor", "observer", "ceiling"
ROLES = (FLOOR, OBSERVER, CEILING)


@dataclass(frozen=True)
class Machine:
    """A machine observer and all its sessions.

    Attributes
    ----------
    name : str
        Its folder in ``STUDY/machine``.
    role : str
        ``floor``, ``observer`` or ``ceiling``.
    trials : DataFrame
        Columns of :data:`conditions.tables.machine.MACHINE_TRIALS` and, of each trial,
        ``p_correct``: the probability of the correct answer.
    """

    name: str
    role: str
    trials: pd.DataFrame

    @property
    def participants(self) -> list[int]:
        """Participants whose trials it answered, rising."""
        return sorted(self.trials["participant"].unique().tolist())

    @property
    def main(self) -> pd.DataFrame:
        """Main trials without catch trials."""
        return self.trials[(self.trials["phase"] == "main") & ~self.trials["catch"]]


def load_machines(folder: StudyFolder) -> list[Machine]:
    """All machine observers of a study: first the floor, last the ceiling.

    Raises
    ------
    StudyError
        Where there are none, or a file does not fit its schema or its session.
    """
    sessions = machine_sessions(folder)
    if not sessions:
        raise StudyError(
            f"{folder.machine}: no sessions of machine observers; make them with "
            f"`{typed_command('experiment', 'machine', *folder.typed, '--participants', 'all')}`"
        )
    machines = [_machine(folder, name, paths) for name, paths in sessions.items()]
    return sorted(machines, key=lambda machine: (ROLES.index(machine.role), machine.name))


def machines_beside(folder: StudyFolder) -> tuple[list[Machine], list[str]]:
    """Machine observers that can be shown beside people, and why the others cannot: a sentence."""
    if not machine_sessions(folder):
        return [], []
    try:
        return load_machines(folder), []
    except StudyError as error:
        return [], [f"Machine observers are left out: {str(error).splitlines()[0]}"]


def machine_sessions(folder: StudyFolder) -> dict[str, dict[int, Path]]:
    """Folders of the sessions of each machine observer that has any, by participant."""
    observers = sorted(path for path in folder.machine.glob("*") if path.is_dir())
    found = {observer.name: session_folders(observer) for observer in observers}
    return {name: sessions for name, sessions in found.items() if sessions}


def _machine(folder: StudyFolder, name: str, sessions: dict[int, Path]) -> Machine:
    recorded, tables = [], []
    for number, path in sessions.items():
        facts = read_session_facts(path / "session.json")
        if facts.get("role") not in ROLES:
            raise StudyError(
                f"{path / 'session.json'}: role: found {facts.get('role')!r}, "
                f"wanted {', '.join(ROLES)}"
            )
        trials = session_table(path / "trials.csv", MACHINE_TRIALS, number)[0]
        tables.append(_judged(path, trials, number))
        recorded.append(Recorded(number, path, trials, no_ratings(), facts))
    wrong = [
        text
        for session in recorded
        for text in refused(folder, session, planned_trials(folder, session.participant))
    ]
    if wrong:
        raise StudyError("\n".join(wrong))
    return Machine(name, recorded[0].facts["role"], pd.concat(tables, ignore_index=True))


def _judged(path: Path, trials: pd.DataFrame, participant: int) -> pd.DataFrame:
    judgements = session_table(path / "judgements.csv", JUDGEMENTS, participant)[0]
    if not trials["trial"].equals(judgements["trial"]):
        raise StudyError(f"{path / 'judgements.csv'}: not the trials of {path / 'trials.csv'}")
    p_upper = judgements["p_upper"]
    p_correct = p_upper.where(trials["correct_response"] == "upper", 1 - p_upper)
    scheme = trials["scheme"].where(trials["condition"] != NONE, NO_SCHEME)
    return trials.assign(p_correct=p_correct, scheme=scheme)
