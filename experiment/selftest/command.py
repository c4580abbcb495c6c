"""``python -m experiment selftest RIG``."""

from typing import Annotated

import typer

from conditions.commands.command_line import DEFAULT_ROOT, NextStep, RootOption, console
from conditions.commands.options import Words
from conditions.commands.participants import participant_option
from conditions.errors import StudyError
from conditions.folder import open_study
from conditions.next_step import as_typed, command
from conditions.rig.selftest import selftest_file
from experiment.rig import OWN_RIGS, RIGS, load_rig
from experiment.selftest.files import check_free, write_selftest
from experiment.selftest.wording import conclusions, report_lines

# A trial takes about a second and is shown every third second of the flips.
MOST_TRIALS, SECONDS_A_TRIAL = 20, 3


class PresserKind(Words):
    """Who presses the keys."""

    HUMAN = "human"
    SCRIPTED = "scripted"


def selftest_rig(
    rig: Annotated[
        str,
        typer.Argument(help="Rig file, name in rigs/, or any / full_hd / laptop.", metavar="RIG"),
    ],
    study: Annotated[
        str | None,
        typer.Option(
            "--study",
            help="Whose heaviest trial is shown; by default drawn stand-ins of Experiment I.",
            metavar="STUDY",
        ),
    ] = None,
    participant: Annotated[
        int | None, participant_option("by default the first that has a condition file")
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="How long flips are measured.", min=1, max=3600)
    ] = 60,
    observer: Annotated[
        PresserKind, typer.Option(help="Who presses the keys: you, or a script (to rehearse).")
    ] = PresserKind.HUMAN,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Measure what this machine's timing is like, and say what you may claim of it.

    About two minutes. Flips of the heaviest trial, decoding and uploading, the gap between trials,
    garbage collection, priority, outlets for markers and keys are measured; the result and a figure
    are written beside the rig file, and sessions with this rig name it. Ends with 2 where nothing
    may be claimed.
    """
    chosen, rig_file = load_rig(rig)
    path = selftest_file(rig_file, OWN_RIGS, RIGS)
    check_free(path)
    if participant is not None and study is None:
        raise StudyError("--participant: wanted --study with it")
    folder = None if study is None else open_study(study, root, make=False)
    from experiment.screen.window import require_display

    require_display()
    from experiment.selftest.figure import draw_selftest
    from experiment.selftest.material import drawn_material, material_of
    from experiment.selftest.procedure import Plan, run_selftest

    n_trials = max(2, min(MOST_TRIALS, round(seconds / SECONDS_A_TRIAL)))
    material = (
        drawn_material(n_trials) if folder is None else material_of(folder, n_trials, participant)
    )
    scripted = observer is PresserKind.SCRIPTED
    found = run_selftest(Plan(chosen, rig_file, material, seconds, scripted), console.print)
    for line in report_lines(found.test):
        console.print(line)
    shown = found.times, found.trials, found.heard, found.pressed, found.taken
    figure = draw_selftest(found.test, *shown)
    for earlier in write_selftest(path, found.test, figure):
        console.print(f"kept: {earlier}")
    console.print(f"{path}: written, with {path.with_suffix('.png').name}")
    if found.test.claim is None:
        raise StudyError("\n".join(conclusions(found.test)))
    console.print(*conclusions(found.test))
    typed = ["STUDY"] if study is None else as_typed(study, root)
    return command("experiment", "run", *typed, "--rig", rig)
