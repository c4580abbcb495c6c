"""``python -m experiment``: run sessions."""

from pathlib import Path
from typing import Annotated

import typer

from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    command_line,
    console,
    run,
)
from conditions.commands.participants import (
    PARTICIPANTS,
    ParticipantOption,
    in_ranges,
    parse_participants,
)
from conditions.files import atomic_path
from conditions.folder import open_study
from conditions.next_step import command, look_at
from experiment.calibration.command import calibrate_rig
from experiment.copies.commands import join_rescued, merge_copies, withdraw_participant
from experiment.monitor.command import monitor_study
from experiment.monitor.status import tell_status
from experiment.observers.machine_command import answer_by_machine
from experiment.records.standing import load_trials
from experiment.rig import load_rig
from experiment.run_command import LanguageOption, RigOption, check_language, run_one
from experiment.screen.window import require_display
from experiment.selftest.command import selftest_rig
from experiment.web.collecting.command import collect_answers
from experiment.web.command import web_page

app = command_line("experiment", "Run the sessions of a study.")
app.command(name="calibrate")(calibrate_rig)
app.command(name="selftest")(selftest_rig)
app.command(name="machine")(answer_by_machine)
app.command(name="merge")(merge_copies)
app.command(name="join")(join_rescued)
app.command(name="withdraw")(withdraw_participant)
app.command(name="monitor")(monitor_study)
app.command(name="status")(tell_status)
app.command(name="collect")(collect_answers)
app.command(name="run")(run_one)
app.command(name="web")(web_page)


@app.command(name="screenshot")
def take_screenshot(
    study: StudyArgument,
    participant: ParticipantOption,
    trial: Annotated[int, typer.Option(help="Number of the trial in the condition file.", min=0)],
    out: Annotated[Path, typer.Option(help="PNG file to write.", metavar="FILE")],
    rig: RigOption = "any",
    language: LanguageOption = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Write a picture of a trial, just as the participant sees it when it is asked."""
    folder = open_study(study, root, make=False)
    chosen, rig_file = load_rig(rig)
    language = language or folder.study.language
    check_language(folder, language)
    load_trials(folder, participant)
    require_display()
    from experiment.picture import trial_picture

    picture = trial_picture(folder, participant, trial, chosen, rig_file, language, console.print)
    with atomic_path(out) as temporary:
        picture.save(temporary)
    console.print(f"{out}: trial {trial} of participant {participant}")
    return look_at(out)


@app.command()
def rehearsal(
    design: Annotated[
        str, typer.Argument(help="A study file or a design that comes along.", metavar="DESIGN")
    ],
    participants: Annotated[str, PARTICIPANTS] = "1",
    fast: Annotated[
        bool, typer.Option("--fast", help="Cut the durations of trials short.")
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Make a folder to rehearse a design in: drawn stand-ins take the place of its images."""
    from experiment.rehearsal import make_rehearsal

    numbers = parse_participants(participants)
    folder = make_rehearsal(design, root, numbers, fast)
    whom = f"participant{'s' if len(numbers) > 1 else ''} {in_ranges(numbers)}"
    console.print(f"{folder.path}: stand-ins and the trials of {whom} are there")
    return command("experiment", "run", folder.path, "--participant", numbers[0])


if __name__ == "__main__":
    run(app, "experiment")
