"""Commands for what is known before and beside a study: difficulty, power, plan, machines."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analysis.planning.machines.solved import SOLVED
from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    console,
)
from conditions.commands.participants import parse_numbers
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.next_step import as_typed, command, look_at, start
from conditions.provenance.facts import write_provenance

PilotOption = Annotated[
    Path | None,
    typer.Option(
        help="Estimate how participants and units differ from these data (a study folder, or a "
        "folder of released CSV files), not from the published Experiment I.",
        metavar="DATA",
    ),
]
EffectOption = Annotated[
    str | None,
    typer.Option(
        help="Difference in accuracy in percentage points, or published; by default the pilot's, "
        "else the published one.",
        metavar="POINTS",
    ),
]
BaseOption = Annotated[
    float | None,
    typer.Option(help="Accuracy in the second condition (%).", metavar="PERCENT"),
]
SimulationsOption = Annotated[int, typer.Option(help="Simulated studies.", min=100, max=1_000_000)]

# How many participants there are to be: --participants is whom, in every command.
SIZES = "--sample-sizes"
NotHereOption = Annotated[str | None, typer.Option("--participants", hidden=True)]
NUMBERS = "6,8,10,12,14,16,20,24,32,40"
# Statistics and figures take seconds to load: each command loads what it uses, --help nothing.


def difficulty(
    study: StudyArgument,
    solved: Annotated[
        float,
        typer.Option(help="A unit is solved from this share of right trials on.", min=0.5, max=1),
    ] = SOLVED,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Say how hard each unit is for the machine observers that have answered the study.

    Writes STUDY/report/difficulty; `python -m stimgen preview STUDY` takes it into preview.html.
    """
    from analysis.data.machine import load_machines
    from analysis.planning.machines.difficulty import write_difficulty

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    machines = load_machines(folder)
    paragraphs = write_difficulty(machines, folder, solved)
    observers = {machine.name: len(machine.participants) for machine in machines}
    provenance(folder, folder.difficulty, started, participants=observers, solved=solved)
    console.print("\n".join([*paragraphs, str(folder.difficulty)]), markup=False)
    return command("stimgen", "preview", *as_typed(study, root))


def power(
    study: StudyArgument,
    effect: EffectOption = None,
    base: BaseOption = None,
    pilot: PilotOption = None,
    conditions: Annotated[
        str | None,
        typer.Option(help="First and second; by default those of the primary question."),
    ] = None,
    sizes: Annotated[
        str,
        typer.Option(SIZES, help="How many participants, as in 24 or 8,12,16.", metavar="SIZES"),
    ] = NUMBERS,
    trials: Annotated[
        str | None,
        typer.Option(
            help="Main trials a condition; by default half the study's, the study's and twice.",
            metavar="NUMBERS",
        ),
    ] = None,
    simulations: SimulationsOption = 1000,
    participants: NotHereOption = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Simulate studies: power and precision against the numbers of participants and trials.

    The tests are those of the primary question, over participants, and over participants and
    units. Writes STUDY/report/power: a table, a figure, and sentences.
    """
    from analysis.planning.pages import write_power
    from analysis.planning.power.asked_for import Wanted, simulated

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    counts = parse_numbers(trials, "--trials") if trials else None
    people = _sizes(sizes, participants)
    wanted = Wanted(conditions, effect, base, pilot, people, counts, simulations)
    found = simulated(folder, wanted, tell)
    folder.begin()
    out, over = folder.report / "power", folder.study.analysis.over
    write_power(found.table, over, found.sentences, out)
    provenance(folder, out, started, plan=asdict(found.plan))
    console.print("\n".join([*found.sentences, str(out)]), markup=False)
    return command("analysis", "plan", *as_typed(study, root))


def plan(
    study: StudyArgument,
    sizes: Annotated[
        str,
        typer.Option(
            SIZES,
            help="How many participants there will be; of several, the fewest with a power of "
            "90 %.",
            metavar="SIZES",
        ),
    ] = NUMBERS,
    effect: EffectOption = None,
    base: BaseOption = None,
    pilot: PilotOption = None,
    simulations: SimulationsOption = 1000,
    participants: NotHereOption = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Write what a preregistration says: questions, tests, sample size and the power behind it.

    The difference that is to be found is, by default, the smallest effect that the study file
    declares, else the pilot's, else the published one. Writes STUDY/report/plan.
    """
    from analysis.planning.pages import write_power
    from analysis.planning.power.asked_for import Wanted, simulated
    from analysis.planning.power.plan import compared_conditions, planned_trials
    from analysis.planning.preregistration import assumed, confounds_of, preregistration

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    people = _sizes(sizes, participants)
    effect = assumed(folder.study, effect)
    trials = [planned_trials(folder.study, compared_conditions(folder.study, None))]
    wanted = Wanted(None, effect, base, pilot, people, trials, simulations)
    found = simulated(folder, wanted, tell)
    sessions = len(list(folder.data.glob("sub-*/trials.csv")))
    paragraphs = preregistration(folder.study, found, sessions, confounds_of(folder))
    folder.begin()
    out, over = folder.report / "plan", folder.study.analysis.over
    write_power(found.table, over, paragraphs, out, "plan")
    provenance(folder, out, started, plan=asdict(found.plan))
    console.print("\n\n".join([*paragraphs, str(out)]), markup=False)
    return look_at(out / "plan.txt", start(folder, as_typed(study, root)))


def compare(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> NextStep:
    """Compare machine observers with people, unit by unit: rank correlation and noise ceiling.

    Writes STUDY/report/comparison.
    """
    from analysis.data.exclude import exclude_not_all
    from analysis.data.machine import load_machines
    from analysis.data.study import load_study
    from analysis.planning.pages import write_comparison

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    out = folder.report / "comparison"
    people = exclude_not_all(load_study(folder))[0]
    sentences = write_comparison(load_machines(folder), people, out)
    provenance(folder, out, started, participants=people.participants)
    for remark in people.remarks:
        tell(remark)
    console.print("\n".join([*sentences, str(out)]), markup=False)
    return look_at(out / "comparison.png")


def _sizes(sizes: str, participants: str | None) -> list[int]:
    """How many participants; ``--participants``, which once said so here, is refused."""
    if participants is not None:
        raise StudyError(
            f"--participants: found {participants!r}; it names participants by their numbers, and "
            f"how many there are to be is said with {SIZES}, as in {SIZES} {participants}"
        )
    return parse_numbers(sizes, SIZES)


def tell(remark: str) -> None:
    """Print what a reader has to know about the data."""
    console.print(f"! {remark}", markup=False)


def provenance(folder: StudyFolder, out: Path, started: float, **facts: object) -> None:
    """Write where results come from beside them."""
    from analysis.writing.report import PACKAGES

    seconds = time.monotonic() - started
    write_provenance(out / "provenance.json", folder.study, PACKAGES, seconds, **facts)
