"""Whether a session's answers are a person's: what spoils only those need not stop it."""

from conditions.folder import StudyFolder
from conditions.stimuli import read_stimuli
from experiment.keyboard.observer import HumanObserver

# What the names of rehearsals begin with, and what their images say of themselves.
PREFIX = "rehearsal_"
SOURCE = "stand-in, drawn for rehearsals"


def excuse_for(folder: StudyFolder, observer: str) -> str:
    """Why no person's data are at stake, in a few words; empty where they are.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    observer : str
        Who is to answer: human, scripted.
    """
    if observer != HumanObserver.name:
        return "a script answers"
    if folder.study.name.startswith(PREFIX) and has_stand_ins_alone(folder):
        return "a rehearsal"
    return ""


def has_stand_ins_alone(folder: StudyFolder) -> bool:
    """Whether a folder holds no images but those drawn for rehearsals."""
    if not folder.stimuli_table.exists():
        return True
    return bool((read_stimuli(folder)["source"] == SOURCE).all())
