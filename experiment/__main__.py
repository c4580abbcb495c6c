"""``python -m experiment``: run sessions."""

from pathlib import Path
from typing import Annotated

import typer

from conditions.commands import (
    DEFAULT_ROOT,
    RootOption,
    StudyArgument,
    command_line,
    console,
    run,
)
from conditions.errors import StudyError
from conditions.files import atomic_path
from conditions.folder import StudyFolder, open_study
from conditions.options import Words
from conditions.strays import condition_files, name_strays
from experiment.calibration.command import calibrate_rig
from experiment.checks.check import Check
from experiment.copies.commands import join_rescued, merge_copies, withdraw_participant
from experiment.keyboard.observer import HumanObserver, Observer
from experiment.monitor.command import monitor_study
from experiment.monitor.status import tell_status
from experiment.observers.machine_command import answer_by_machine
from experiment.observers.script import Script, load_script
from experiment.records.facts import COMPLETE
from experiment.records.people.enrolling import check_people, enrol, fields_of, read_person
from experiment.records.people.refusals import end_without_consent
from experiment.records.standing import load_trials, standing
from experiment.records.start import progress
from experiment.rig import load_rig
from experiment.screen.window import require_display
from experiment.selftest.command import selftest_rig

app = command_line("experiment", "Run the sessions of a study.")
app.command(name="calibrate")(calibrate_rig)
app.command(name="selftest")(selftest_rig)
app.command(name="machine")(answer_by_machine)
app.command(name="merge")(merge_copies)
app.command(name="join")(join_rescued)
app.command(name="withdraw")(withdraw_participant)
app.command(name="monitor")(monitor_study)
app.command(name="status")(tell_status)


class ObserverKind(Words):
    """Who answers."""

    HUMAN = "human"
    SCRIPTED = "scripted"


ParticipantOption = Annotated[
    int | None,
    typer.Option("--participant", help="Number of the participant; asked for if left out.", min=1),
]
RigOption = Annotated[
    str, typer.Option("--rig", help="A rig file, a name in rigs/, or any / full_hd.", metavar="RIG")
]
LanguageOption = Annotated[
    str | None, typer.Option(help="One of the study's languages.", metavar="LANGUAGE")
]


@app.command(name="run")
def run_one(
    study: StudyArgument,
    participant: ParticipantOption = None,
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
) -> None:
    """Run the session of one participant in a full-screen window.

    Without `--participant` a dialog asks for everything. Every answer is on disk before the next
    trial; Escape stops, `--resume` goes on. Of several sessions the next begins.
    """
    folder = open_study(study, root, make=False)
    name_strays(folder)
    load_rig(rig)
    how = load_script(script, folder.study)
    person = read_person(fields_of(about or []), folder.study.demographics)
    language = language or folder.study.language
    if participant is None:
        from experiment.dialog import ask_operator

        choice = ask_operator(folder, list(condition_files(folder)), rig)
        if choice is None:
            console.print("cancelled: nothing was begun")
            return
        participant, rig, language = choice.participant, choice.rig, choice.language
        resume, person = choice.resume, choice.person
    _check_language(folder, language)
    load_trials(folder, participant)
    if as_needed:
        resume = standing(folder, participant).begun
        if progress(folder, participant)[2] == COMPLETE:
            console.print(f"{folder.session(participant)}: session is complete")
            return
    check_people(folder, participant, person)
    from experiment.session.running import Order, run_session
    from experiment.session.surroundings.consent import NotGivenError

    chosen, rig_file = load_rig(rig)
    try:
        outcome = run_session(
            Order(
                folder,
                participant,
                chosen,
                rig_file,
                language,
                observer=str(observer),
                resume=resume,
                override=override,
                session=session,
            ),
            lambda data: _observer(observer, how, data, folder, participant, pictures),
            _report,
            lambda: enrol(folder, participant, person),
        )
    except NotGivenError as end:
        console.print(end_without_consent(folder, participant, end.refusal))
        return
    if outcome.trouble is not None:
        again = f"`python -m experiment join {folder.path}` brings them back into the study"
        raise StudyError(
            f"{outcome.trouble.folder}: could not be written ({outcome.trouble.reason}). Once it "
            f"can be, {again}: {outcome.kept}"
        )
    state = outcome.state if outcome.state == COMPLETE else "stopped; go on with --resume"
    now = standing(folder, participant)
    if now.waits:
        state = f"complete; {now.words} comes next, with the same command"
    console.print(f"{folder.session(participant)}: session is {state}; {outcome.kept}")


@app.command(name="screenshot")
def take_screenshot(
    study: StudyArgument,
    participant: Annotated[int, typer.Option(help="Number of the participant.", min=1)],
    trial: Annotated[int, typer.Option(help="Number of the trial in the condition file.", min=0)],
    out: Annotated[Path, typer.Option(help="PNG file to write.", metavar="FILE")],
    rig: RigOption = "any",
    language: LanguageOption = None,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Write a picture of a trial, just as the participant sees it when it is asked."""
    folder = open_study(study, root, make=False)
    chosen, rig_file = load_rig(rig)
    language = language or folder.study.language
    _check_language(folder, language)
    load_trials(folder, participant)
    require_display()
    from experiment.picture import trial_picture

    picture = trial_picture(folder, participant, trial, chosen, rig_file, language, console.print)
    with atomic_path(out) as temporary:
        picture.save(temporary)
    console.print(f"{out}: trial {trial} of participant {participant}")


@app.command()
def rehearsal(
    design: Annotated[
        str, typer.Argument(help="A study file or a design that comes along.", metavar="DESIGN")
    ],
    participants: Annotated[
        int, typer.Option(help="How many condition files.", min=1, max=999)
    ] = 1,
    fast: Annotated[
        bool, typer.Option("--fast", help="Cut the durations of trials short.")
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Make a folder to rehearse a design in: drawn stand-ins take the place of its images."""
    from experiment.rehearsal import make_rehearsal

    folder = make_rehearsal(design, root, list(range(1, participants + 1)), fast)
    console.print(f"{folder.path}: stand-ins and {participants} condition files are there")


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


def _check_language(folder: StudyFolder, language: str) -> None:
    if language not in folder.study.languages:
        known = ", ".join(folder.study.languages)
        raise StudyError(f"--language: found {language!r}, wanted one of {known}")


if __name__ == "__main__":
    run(app, "experiment")
