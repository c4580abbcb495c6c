"""``python -m experiment run``: the session of one participant."""

from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    console,
)
from conditions.commands.options import Words
from conditions.commands.participants import participant_option
from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.next_step import as_typed, command
from conditions.strays import condition_files, name_strays
from experiment.checks.check import Check
from experiment.keyboard.observer import HumanObserver, Observer
from experiment.observers.script import Script, load_script
from experiment.records.facts import COMPLETE
from experiment.records.people.coming import after_session, next_session
from experiment.records.people.enrolling import check_people, enrol, fields_of, read_person
from experiment.records.people.refusals import end_without_consent
from experiment.records.standing import begun_language, check_among, load_trials, standing
from experiment.rig import load_rig


class ObserverKind(Words):
    """Who answers."""

    HUMAN = "human"
    SCRIPTED = "scripted"


RigOption = Annotated[
    str,
    typer.Option(
        "--rig", help="Rig file, name in rigs/, or any / full_hd / laptop.", metavar="RIG"
    ),
]
LanguageOption = Annotated[
    str | None, typer.Option(help="One of the study's languages.", metavar="LANGUAGE")
]


def run_one(
    study: StudyArgument,
    participant: Annotated[
        int | None, participant_option("a dialog asks for it and for all else if left out")
    ] = None,
    rig: RigOption = "any",
    language: LanguageOption = None,
    about: Annotated[
        list[str] | None,
        typer.Option(help="About the participant, as in age=25.", metavar="FIELD=VALUE"),
    ] = None,
    observer: Annotated[
        ObserverKind,
        typer.Option(
            help="A person, or a script that presses the keys (for rehearsals). A machine answers "
            "with the command machine."
        ),
    ] = ObserverKind.HUMAN,
    script: Annotated[
        str, typer.Option(help="How the script answers: a YAML file, or published / hasty.")
    ] = "published",
    pictures: Annotated[
        Path | None,
        typer.Option(help="Folder for pictures of what the script saw.", metavar="DIR"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a session that was stopped.")
    ] = False,
    as_needed: Annotated[
        bool,
        typer.Option("--as-needed", help="Begin, go on or do nothing, whatever the data say."),
    ] = False,
    session: Annotated[
        int | None,
        typer.Option(
            "--session", help="Refuse any but this one of the participant's sessions.", min=1
        ),
    ] = None,
    override: Annotated[
        bool,
        typer.Option("--override", help="Go on after failed checks; recorded in the data."),
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Run the session of one participant in a full-screen window.

    Without `--participant` a dialog asks for everything. Every answer is on disk before the next
    trial; Escape stops, `--resume` goes on. Of several sessions the next begins.
    """
    folder = open_study(study, root, make=False)
    name_strays(folder)
    load_rig(rig)
    how = load_script(script, folder.study)
    person = read_person(fields_of(about or []), folder.study.demographics)
    wanted, language = language, language or folder.study.language
    typed, by_dialog = as_typed(study, root), participant is None
    if participant is None:
        from experiment.dialog import Choice, ask_operator
        from experiment.telling import has_terminal, refusals_told

        check_language(folder, language)
        first = Choice(0, rig, language, resume, person)
        unseen = observer is ObserverKind.HUMAN and not has_terminal()
        shown = refusals_told() if unseen else nullcontext()
        choice = ask_operator(folder, list(condition_files(folder)), first, shown)
        if choice is None:
            console.print("cancelled: nothing was begun")
            return command("experiment", "run", *typed)
        participant, rig, language = choice.participant, choice.rig, choice.language
        resume, person = choice.resume, choice.person
    load_trials(folder, participant)
    if not (by_dialog or wanted):
        language = begun_language(folder, participant) or language
    check_language(folder, language)
    scripted = (
        [] if observer is ObserverKind.HUMAN else ["--observer", observer, "--script", script]
    )
    options = [*_unless("--rig", rig, "any"), *scripted]
    options += _unless("--language", language, folder.study.language)
    if as_needed:
        now = standing(folder, participant)
        check_among(session, now)
        resume = now.begun
        if now.complete or (session or now.session) < now.session:
            which = "session" if session is None else f"session {session} of {now.sessions}"
            console.print(f"{folder.session(participant)}: {which} is complete")
            return next_session(folder, typed, *options)
    check_people(folder, participant, person)
    from experiment.session.running import Order, run_session
    from experiment.session.surroundings.consent import NotGivenError
    from experiment.telling import has_terminal, refusals_told, tell_checks

    chosen, rig_file = load_rig(rig)
    order = Order(
        folder,
        participant,
        chosen,
        rig_file,
        language,
        observer=str(observer),
        resume=resume,
        override=override,
        session=session,
    )
    in_windows = by_dialog and observer is ObserverKind.HUMAN and not has_terminal()
    try:
        with refusals_told() if in_windows else nullcontext():
            outcome = run_session(
                order,
                lambda data: _observer(observer, how, data, folder, participant, pictures),
                _report,
                lambda: enrol(folder, participant, person),
                partial(tell_checks, participant) if in_windows else lambda checks: None,
            )
    except NotGivenError as end:
        console.print(end_without_consent(folder, participant, end.refusal))
        return next_session(folder, typed, *options, by_dialog=by_dialog)
    if outcome.trouble is not None:
        again = (
            f"`{typed_command('experiment', 'join', folder.path)}` brings them back into the study"
        )
        raise StudyError(
            f"{outcome.trouble.folder}: could not be written ({outcome.trouble.reason}). Once it "
            f"can be, {again}: {outcome.kept}"
        )
    state = outcome.state if outcome.state == COMPLETE else "stopped; go on with --resume"
    now = standing(folder, participant)
    if now.waits:
        state = f"complete; {now.words} comes next, with the same command"
    console.print(f"{folder.session(participant)}: session is {state}; {outcome.kept}")
    if now.complete or now.waits:
        return after_session(folder, participant, typed, *options)
    return command("experiment", "run", *typed, "--participant", participant, "--resume", *options)


def _unless(option: str, value: str, usual: str) -> list[str]:
    return [] if value == usual else [option, value]


def check_language(folder: StudyFolder, language: str) -> None:
    """Check that participants of a study can read a language.

    Raises
    ------
    StudyError
        Names the study's languages.
    """
    if language not in folder.study.languages:
        known = ", ".join(folder.study.languages)
        raise StudyError(f"--language: found {language!r}, wanted one of {known}")


def _observer(
    kind: ObserverKind,
    script: Script,
    data: Path,
    folder: StudyFolder,
    participant: int,
    pictures: Path | None,
) -> Observer:
    if kind is ObserverKind.HUMAN:
        return HumanObserver()
    from experiment.observers.scripted import ScriptedObserver

    seed = folder.study.seed
    return ScriptedObserver(data / "presses.csv", script, seed, participant, pictures)


def _report(check: Check) -> None:
    console.print(check.line(), markup=False)
