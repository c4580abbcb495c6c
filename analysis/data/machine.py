"""Read what machine observers left in a study folder."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.data.dataset import NO_SCHEME
from analysis.data.study import SESSION_FOLDER, session_facts
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.machine import JUDGEMENTS, MACHINE_TRIALS

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
    sessions: dict[str, list[Path]] = {}
    for path in sorted(folder.machine.glob("*/sub-*")):
        if SESSION_FOLDER.fullmatch(path.name):
            sessions.setdefault(path.parent.name, []).append(path)
    if not sessions:
        raise StudyError(
            f"{folder.machine}: no sessions of machine observers; make them with `python -m "
            f"experiment run {folder.path} --observer machine --participants all`"
        )
    machines = [_machine(name, paths) for name, paths in sessions.items()]
    return sorted(machines, key=lambda machine: (ROLES.index(machine.role), machine.name))


def _machine(name: str, sessions: list[Path]) -> Machine:
    facts = {path: session_facts(path) for path in sessions}
    for path, found in facts.items():
        if found.get("role") not in ROLES:
            raise StudyError(
                f"{path / 'session.json'}: role: found {found.get('role')!r}, "
                f"wanted {', '.join(ROLES)}"
            )
    trials = pd.concat([_session(path) for path in sessions], ignore_index=True)
    return Machine(name, facts[sessions[0]]["role"], trials)


def _session(path: Path) -> pd.DataFrame:
    trials = read_table(path / "trials.csv", MACHINE_TRIALS)
    judgements = read_table(path / "judgements.csv", JUDGEMENTS)
    if not trials["trial"].equals(judgements["trial"]):
        raise StudyError(f"{path / 'judgements.csv'}: not the trials of {path / 'trials.csv'}")
    p_upper = judgements["p_upper"]
    p_correct = p_upper.where(trials["correct_response"] == "upper", 1 - p_upper)
    scheme = trials["scheme"].where(trials["condition"] != "none", NO_SCHEME)
    return trials.assign(p_correct=p_correct, scheme=scheme)
