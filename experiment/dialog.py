"""The operator's dialog: whose session it is, on which screen, in which language."""

import textwrap
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from conditions.commands.participants import in_ranges
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from experiment.records.people.coming import Coming, Survey, require_coming, survey
from experiment.records.people.enrolling import COLUMNS, check_people, read_person
from experiment.records.standing import begun_language
from experiment.records.start import check_start
from experiment.rig import load_rig, rig_words, rigs_on_offer
from experiment.screen.window import require_display
from experiment.texts.asking import dialog_words

SESSION, RIG, LANGUAGE = "session", "rig", "language"
# Of more sessions that were stopped there is only the list.
_NAMED = 3
_RED = "#b00020"
# Letters in a line of what is said above the fields.
_LINE = 88


@dataclass(frozen=True)
class Choice:
    """What the operator chose; ``person`` are the participant's answers about themselves."""

    participant: int
    rig: str
    language: str
    resume: bool
    person: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """A line of the dialog.

    Attributes
    ----------
    label : str
        In the words of whoever is asked.
    choices : dict
        What is shown, and what it stands for; without any, text is typed.
    first : str
        What stands there at first.
    required : bool
        Whether it is marked as such.
    """

    label: str
    choices: Mapping[str, Any]
    first: str = ""
    required: bool = False


def ask_operator(
    folder: StudyFolder, prepared: list[int], first: Choice, shown: AbstractContextManager[None]
) -> Choice | None:
    """Show the dialog until what it says fits; None where it is cancelled.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    prepared : list of int
        Participants that have a condition file.
    first : Choice
        What the command said already of rig, language and person; its number is not looked at.
    shown : context manager
        Shows what ends the dialog, where nobody sees a terminal; entered once there is a display.

    Raises
    ------
    StudyError
        Where there is nobody whose session could be run.
    """
    require_display()
    with shown:
        return _ask(folder, prepared, first)


def _ask(folder: StudyFolder, prepared: list[int], first: Choice) -> Choice | None:
    said: dict[str, str] = {}
    wrong = ""
    while True:
        # Anew each time: meanwhile another computer may have begun one of them.
        found = survey(folder, prepared)
        require_coming(folder, found)
        fields = fields_of(folder, found, first)
        shown = _show(folder, fields, said, wrong, hints(found))
        if shown is None:
            return None
        said = shown
        try:
            return read_choice(folder, fields, said)
        except StudyError as error:
            wrong = str(error)


def fields_of(folder: StudyFolder, found: Survey, first: Choice) -> dict[str, Field]:
    """What the dialog asks, in order: the session, the screen, the language, the person."""
    study, words = folder.study, dialog_words(folder.study.language)
    sessions = {coming.words: coming for coming in found.coming}
    rigs = {rig_words(name): name for name in rigs_on_offer(first.rig)}
    languages = {dialog_words(code)["name"]: code for code in study.languages}
    fields = {
        SESSION: Field("Session *", sessions, next(iter(sessions)), True),
        RIG: Field("Screen *", rigs, rig_words(first.rig), True),
    }
    if len(languages) > 1:
        begun = begun_language(folder, found.coming[0].participant)
        spoken = dialog_words(begun if begun in study.languages else first.language)["name"]
        fields[LANGUAGE] = Field("Language *", languages, spoken, True)
    for name in study.demographics:
        levels = {"": "", **{words[level]: level for level in COLUMNS[name].levels or ()}}
        told = str(first.person.get(name, ""))
        shown = {level: text for text, level in levels.items()}.get(told, told)
        fields[name] = Field(words[name], levels if len(levels) > 1 else {}, shown)
    return fields


def read_choice(
    folder: StudyFolder, fields: Mapping[str, Field], said: Mapping[str, str]
) -> Choice:
    """What was filled in, checked as far as a person can mend it here; reads only.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    fields : dict
        What was asked.
    said : dict
        What stood in each line.

    Raises
    ------
    StudyError
        Names the line by its label, what was found, and what would fit.
    """
    coming: Coming = fields[SESSION].choices[said[SESSION]]
    rig = fields[RIG].choices[said[RIG]]
    load_rig(rig)
    language = folder.study.language
    if LANGUAGE in fields:
        language = fields[LANGUAGE].choices[said[LANGUAGE]]
        begun = begun_language(folder, coming.participant)
        if coming.resume and begun in folder.study.languages and begun != language:
            raise StudyError(
                f"{fields[LANGUAGE].label}: found {said[LANGUAGE]!r}, wanted "
                f"{dialog_words(begun)['name']!r}, in which participant {coming.participant} began"
            )
    asked = folder.study.demographics
    person: dict[str, object] = {}
    for name in asked:
        text = str(fields[name].choices.get(said[name], said[name]))
        try:
            person |= read_person({name: text}, asked)
        except StudyError as error:
            wanted = COLUMNS[name].wanted()
            raise StudyError(f"{fields[name].label}: found {text!r}, wanted {wanted}") from error
    check_start(folder, coming.participant, coming.resume)
    check_people(folder, coming.participant, person)
    return Choice(coming.participant, rig, language, coming.resume, person)


def hints(found: Survey) -> list[str]:
    """What is said above the lines: who was stopped, and who is not in the list."""
    stopped = [coming for coming in found.coming if coming.resume]
    # The first one stands in the list's line anyway.
    others = [coming for coming in stopped if coming is not found.coming[0]]
    told = [
        coming.words.removesuffix(": resume") + ": choose it under Session to go on."
        for coming in others[:_NAMED]
    ]
    if more := others[_NAMED:]:
        numbers = _numbers([coming.participant for coming in more])
        told.append(f"Participants {numbers} were stopped too.")
    waiting = [coming.participant for coming in found.coming if coming.now.waits]
    if waiting:
        told.append(
            f"Waiting for their next session: {_numbers(waiting)}. What they told about "
            "themselves is kept: leave that empty."
        )
    gone = {
        "complete": found.complete,
        "running now": found.running,
        "withdrawn": found.withdrawn,
        "on the web": found.elsewhere,
        "damaged (see python -m experiment status)": tuple(found.damaged),
    }
    absent = [f"{_numbers(numbers)} {why}" for why, numbers in gone.items() if numbers]
    return [*told, *([f"Not in the list: {'; '.join(absent)}."] if absent else [])]


def _numbers(participants: Sequence[int]) -> str:
    return in_ranges(participants, ", ")


def _show(
    folder: StudyFolder,
    fields: Mapping[str, Field],
    said: Mapping[str, str],
    wrong: str,
    told: Sequence[str],
) -> dict[str, str] | None:
    """Show the dialog once: what stands in each line at its end, or None."""
    from psychopy.gui import qtgui

    dialog = qtgui.Dlg(title=folder.study.title)

    def say(text: str, colour: str = "") -> None:
        # Lines that Qt breaks are cut off at the dialog's edge: it does not foresee their height.
        label = dialog.addText(textwrap.fill(text, _LINE, break_on_hyphens=False), color=colour)
        # A name with < in it is no markup.
        label.setTextFormat(qtgui.Qt.TextFormat.PlainText)

    if wrong:
        say(wrong, _RED)
    for hint in told:
        say(hint)
    for name, line in fields.items():
        if [name] == folder.study.demographics[:1]:
            say(dialog_words(folder.study.language)["heading"])
        choices = list(line.choices) or None
        first = said.get(name, line.first)
        if choices and first not in choices:
            first = line.first
        dialog.addField(name, first, label=line.label, choices=choices, required=line.required)
    # Else its middle is told before it is as large as it will be.
    dialog.adjustSize()
    answered = dialog.show()
    return {name: str(answered[name]) for name in fields} if dialog.OK else None
