"""``python -m experiment``: run sessions."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from conditions.build import condition_files
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
from conditions.folder import open_study
from conditions.tables import TRIALS, read_table
from experiment.layout import trial_layout
from experiment.observers.observer import HumanObserver, Observer
from experiment.preflight import answered_trials, load_trials
from experiment.rig import load_rig
from experiment.window import open_window, require_display, screenshot

app = command_line("experiment", "Run the sessions of a study.")


class ObserverKind(StrEnum):
    """Who answers."""

    HUMAN = "human"
    SCRIPTED = "scripted"


ParticipantOption = Annotated[
    int, typer.Option("--participant", help="Number of the participant.", min=1)
]
RigOption = Annotated[
    str, typer.Option("--rig", help="The screen: a rig file, or any / full_hd.", metavar="RIG")
]


@app.command(name="run")
def run_session(
    study: StudyArgument,
    participant: ParticipantOption,
    rig: RigOption = "any",
    observer: Annotated[
        ObserverKind,
        typer.Option(help="A person, or a script that presses the keys (for rehearsals)."),
    ] = ObserverKind.HUMAN,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a session that was stopped.")
    ] = False,
    as_needed: Annotated[
        bool,
        typer.Option("--as-needed", help="Begin, go on or do nothing, whatever the data say."),
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Run the session of one participant in a full-screen window.

    Every answer is on disk before the next trial; Escape stops, `--resume` goes on.
    """
    folder = open_study(study, root)
    chosen_rig, rig_file = load_rig(rig)
    trials = load_trials(folder, participant)
    if as_needed:
        resume = (folder.session(participant) / "trials.csv").exists()
    answered = answered_trials(folder, participant, resume)
    if len(answered) == len(trials):
        if as_needed:
            console.print(f"{folder.session(participant)}: session is complete")
            return
        raise StudyError(
            f"participant {participant} has answered all {len(trials)} trials already: "
            f"{folder.session(participant)}"
        )
    require_display()
    from experiment.session import Session

    who = _observer(observer, folder.session(participant), folder.study.seed, participant)
    session = Session(folder, participant, trials, answered, chosen_rig, rig_file, who)
    complete = session.run()
    state = "complete" if complete else "stopped; go on with --resume"
    console.print(f"{folder.session(participant)}: session of {len(trials)} trials {state}")


@app.command(name="screenshot")
def take_screenshot(
    study: StudyArgument,
    participant: ParticipantOption,
    trial: Annotated[int, typer.Option(help="Number of the trial in the condition file.", min=0)],
    out: Annotated[Path, typer.Option(help="PNG file to write.", metavar="FILE")],
    rig: RigOption = "any",
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Write a picture of a trial, just as the participant sees it when it is asked."""
    folder = open_study(study, root)
    chosen_rig, _ = load_rig(rig)
    trials = load_trials(folder, participant)
    if trial >= len(trials):
        raise StudyError(f"--trial: found {trial}, wanted 0 to {len(trials) - 1}")
    require_display()
    from experiment.session import as_rows
    from experiment.texts import load_texts
    from experiment.trial import TrialScreen, decode

    row = as_rows(trials)[trial]
    window = open_window(chosen_rig)
    layout = trial_layout(tuple(map(int, window.size)), folder.study.image.crop)
    screen = TrialScreen(window, layout, load_texts(folder.study.language), folder.study.keys)
    screen.load(row, decode(folder.path, row), trial / len(trials))
    screen.ask_choice(row)
    screen.draw()
    picture = screenshot(window)
    window.close()
    with atomic_path(out) as temporary:
        picture.save(temporary)
    console.print(f"{out}: trial {trial} of participant {participant}")


@app.command()
def status(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
    """Say which participants have done what."""
    folder = open_study(study, root)
    for participant, path in condition_files(folder).items():
        wanted = len(load_trials(folder, participant))
        table = folder.session(participant) / "trials.csv"
        done = len(read_table(table, TRIALS)) if table.exists() else 0
        state = "complete" if done == wanted else "not begun" if not done else "begun"
        console.print(f"{path.stem}: {state}, {done} of {wanted} trials answered")


def _observer(kind: ObserverKind, data: Path, seed: int, participant: int) -> Observer:
    if kind is ObserverKind.HUMAN:
        return HumanObserver()
    from experiment.observers.scripted import ScriptedObserver

    data.mkdir(parents=True, exist_ok=True)
    return ScriptedObserver(data / "presses.csv", seed, participant)


if __name__ == "__main__":
    run(app, "experiment")
