"""The operator's dialog: who is to do the session, on which screen, in which language."""

from dataclasses import dataclass

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import withdrawals
from experiment.records.people.enrolling import (
    COLUMNS,
    next_participant,
    read_person,
    waiting_for_next,
)
from experiment.records.standing import standing
from experiment.rig import OWN_RIGS, RIGS, load_rig
from experiment.screen.window import require_display

RESUME = "resume a stopped session"
# Of more participants who wait for their next session there is only the number.
_NAMED = 8


@dataclass(frozen=True)
class Choice:
    """What the operator chose; ``person`` are the participant's answers about themselves."""

    participant: int
    rig: str
    language: str
    resume: bool
    person: dict[str, object]


def ask_operator(folder: StudyFolder, prepared: list[int], rig: str) -> Choice | None:
    """Show the dialog until what it says fits; None where it is cancelled.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    prepared : list of int
        Participants that have a condition file.
    rig : str
        The rig that is offered first.
    """
    require_display()
    from psychopy import gui

    study = folder.study
    participant, resume = next_participant(folder, prepared)
    filled = {"participant": str(participant), RESUME: resume}
    filled |= {"rig": rig, "language": study.language} | dict.fromkeys(study.demographics, "")
    waiting = _waiting(folder, prepared)
    wrong = ""
    while True:
        dialog = gui.Dlg(title=study.title)
        # It speaks of fields that are required; what is missing is said by read_choice.
        dialog.requiredMsg.hide()
        if wrong:
            dialog.addText(wrong, color="red")
        if waiting:
            dialog.addText(waiting)
        dialog.addField("participant", filled["participant"])
        dialog.addField(RESUME, filled[RESUME])
        dialog.addField("rig", filled["rig"], choices=_rigs(rig))
        dialog.addField("language", filled["language"], choices=study.languages)
        for name in study.demographics:
            levels = COLUMNS[name].levels
            choices = ["", *levels] if levels else None
            dialog.addField(name, filled[name], choices=choices, tip=COLUMNS[name].description)
        said = dialog.show()
        if not dialog.OK:
            return None
        filled = {name: said[name] for name in filled}
        try:
            return read_choice(folder, prepared, filled)
        except StudyError as error:
            wrong = str(error)


def read_choice(folder: StudyFolder, prepared: list[int], filled: dict) -> Choice:
    """What was filled in, checked.

    Raises
    ------
    StudyError
        Names what does not fit, and what would.
    """
    text = str(filled["participant"]).strip()
    if not text.isdecimal() or int(text) not in prepared:
        known = ", ".join(map(str, prepared))
        raise StudyError(f"participant: found {text!r}, wanted one of {known}")
    participant, resume = int(text), bool(filled[RESUME])
    if participant in withdrawals(folder):
        raise StudyError(f"participant {participant} was withdrawn: take another number")
    now = standing(folder, participant)
    if now.complete:
        number, stopped = next_participant(folder, prepared)
        instead = f"resume {number}" if stopped else f"take {number}"
        raise StudyError(f"participant {participant} is complete: {instead}")
    if now.begun != resume:
        if now.waits:
            raise StudyError(
                f"participant {participant} has completed session {now.session - 1}, and "
                f"{now.words} begins anew: leave {RESUME!r} unticked"
            )
        if resume:
            raise StudyError(f"participant {participant} has no session to resume")
        number, stopped = next_participant(folder, prepared)
        instead = "" if stopped else f", or take {number}"
        raise StudyError(f"participant {participant} is taken: resume that session{instead}")
    load_rig(filled["rig"])
    asked = folder.study.demographics
    person = read_person({name: str(filled[name]) for name in asked}, asked)
    return Choice(participant, filled["rig"], filled["language"], resume, person)


def _waiting(folder: StudyFolder, prepared: list[int]) -> str:
    """Who waits for which session; empty where nobody does."""
    waiting = waiting_for_next(folder, prepared)
    named = [f"{number} ({now.words})" for number, now in list(waiting.items())[:_NAMED]]
    if not named:
        return ""
    more = len(waiting) - len(named)
    others = f" and {more} more" if more else ""
    return (
        f"Waiting for their next session: participant {', '.join(named)}{others}. What they told "
        "about themselves is kept: leave that empty."
    )


def _rigs(first: str) -> list[str]:
    """The offered rig, those in the working folder's ``rigs``, those that come along.

    Earlier calibrations, which have their date in their name, are not offered.
    """
    own = sorted(path.stem for path in OWN_RIGS.glob("*.yaml") if "." not in path.stem)
    return list(dict.fromkeys([first, *own, *sorted(p.stem for p in RIGS.glob("*.yaml"))]))
