"""The ranking of a study, from its folder to the files of the ranking."""

from dataclasses import dataclass
from pathlib import Path

from analysis.data.dataset import Dataset
from analysis.data.exclude import exclude_not_all
from analysis.data.kinds import kinds_of
from analysis.data.machine import load_machines, machine_sessions, machines_beside
from analysis.data.study import load_study
from analysis.statistics.ranking.ranked import rank_study, usual_baseline
from analysis.wording import listed
from analysis.writing.ranking import write_ranking
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import session_folders


@dataclass(frozen=True)
class Ranked:
    """What a ranking says, and what it comes from.

    Attributes
    ----------
    baseline : str
        Kind that the others are compared with.
    participants : list of int
        People who are counted; none before the first session.
    sentences, remarks : list of str
        The text, and what a reader has to know about the data.
    """

    baseline: str
    participants: list[int]
    sentences: list[str]
    remarks: tuple[str, ...]


def ranked(folder: StudyFolder, against: str | None, out: Path) -> Ranked:
    """Rank the kinds of a study and write table, figure and text.

    Parameters
    ----------
    folder : StudyFolder
        Its sessions of people are read, and those of machine observers, which rank alone before
        the first participant; beside people, they are left out where they cannot be read.
    against : str, optional
        Kind that the others are compared with; by default the photographs, where
        there are answers with them.
    out : Path
        Folder of the files; earlier ones are replaced.

    Raises
    ------
    StudyError
        Where no part shows that kind, or any; where there is no data, or it does not fit.
    """
    shown = folder.study.kinds_shown
    if against is not None and against not in shown:
        raise StudyError(f"--against: found {against}, wanted one of {', '.join(shown)}")
    kinds = kinds_of(folder.study)
    if usual_baseline(kinds, shown) is None:
        raise StudyError(f"{folder.study_file}: no part shows references; there is nothing to rank")
    people: Dataset | None = None
    remarks: tuple[str, ...] = ()
    if machine_sessions(folder) and not session_folders(folder.data):
        machines = load_machines(folder)
        met = {name for one in machines for name in one.main["condition"]}
    else:
        people = exclude_not_all(load_study(folder))[0]
        machines, left_out = machines_beside(folder)
        remarks, met = (*people.remarks, *left_out), set(people.conditions)
    unmet = [name for name in shown if name not in met]
    if unmet:
        remarks += (f"No main trials with {listed(unmet)} are answered yet.",)
    # As in the report: of the kinds that there are answers with, where there are any.
    baseline = against or usual_baseline(kinds, kinds.in_order(list(met))) or shown[0]
    found = rank_study(people, machines, kinds, baseline, folder.study.name)
    sentences = write_ranking(found, kinds, out, remarks)
    return Ranked(baseline, people.participants if people else [], sentences, remarks)
