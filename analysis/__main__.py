"""``python -m analysis``: from the trials to tables, figures and a report."""

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from analysis.planning.solved import SOLVED
from conditions.commands import (
    DEFAULT_ROOT,
    RootOption,
    StudyArgument,
    command_line,
    console,
    parse_numbers,
    run,
)
from conditions.files import sha256_of, write_json
from conditions.folder import StudyFolder, open_study
from conditions.provenance import commit, versions, write_provenance
from conditions.study.exclusions import Exclusions

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

app = command_line("analysis", "From the trials of a study to tables, figures and a report.")
# Statistics and figures take seconds to load: each command loads what it uses, --help nothing.


@app.command()
def report(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
    """Analyse all sessions of a study and write STUDY/report.

    An earlier report is replaced; the data is only read.
    """
    from analysis.data.machine import machines_beside
    from analysis.data.study import load_study
    from analysis.writing.report import write_report

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    dataset = load_study(folder)
    machines, left_out = machines_beside(folder)
    dataset = replace(dataset, remarks=(*dataset.remarks, *left_out))
    write_report([dataset], folder.report, folder.study.title, machines)
    _provenance(folder, folder.report, started, participants=dataset.participants)
    for remark in dataset.remarks:
        _tell(remark)
    console.print(f"{folder.report / 'report.html'}: {len(dataset.participants)} participants")


@app.command()
def ranking(
    study: StudyArgument,
    against: Annotated[
        str | None,
        typer.Option(
            help="Kind that the others are compared with; by default the photographs.",
            metavar="NAME",
        ),
    ] = None,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Rank the study's kinds of reference images: which help more than a baseline, and than none.

    By people, and by each machine observer that has answered the study. Writes
    STUDY/report/ranking: a table, a figure and sentences.
    """
    from analysis.planning.ranked import ranked

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    found = ranked(folder, against, folder.report / "ranking")
    facts = {"participants": found.participants, "against": found.baseline}
    _provenance(folder, folder.report / "ranking", started, **facts)
    for remark in found.remarks:
        _tell(remark)
    console.print("\n\n".join([*found.sentences, str(folder.report / "ranking")]), markup=False)


@app.command()
def published(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the released CSV files.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the report.", metavar="OUT")],
) -> None:
    """Analyse the published data of the two experiments, with the same report.

    An earlier report in OUT is replaced; the data is only read.
    """
    from analysis.data.published import load_published
    from analysis.writing.report import PACKAGES, write_report

    started = time.monotonic()
    datasets = load_published(directory)
    names = " and ".join(dataset.experiment for dataset in datasets)
    write_report(datasets, out, f"The published data: Experiment {names}")
    write_json(
        out / "provenance.json",
        {
            "data": {path.name: sha256_of(path) for path in sorted(directory.glob("*.csv"))},
            "commit": commit(),
            "versions": versions(PACKAGES),
            "seconds": round(time.monotonic() - started, 1),
        },
    )
    for dataset in datasets:
        console.print(
            f"{out / 'report.html'}: {dataset.title}, "
            f"{len(dataset.participants)} participants, {len(dataset.main)} main trials"
        )


@app.command()
def session(
    study: StudyArgument,
    participant: Annotated[int, typer.Argument(help="Number of the participant.", min=1)],
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Check one session right after it: STUDY/report/session-001.html, and what is odd here.

    An earlier page of the session is replaced; the data is only read.
    """
    from analysis.wording import number
    from analysis.writing.session_checks import oddities, open_session, summary_table
    from analysis.writing.session_page import write_session_page

    folder = open_study(study, root, make=False)
    opened = open_session(folder, participant)
    exclusions = getattr(folder.study, "exclusions", Exclusions())
    path = folder.report / f"session-{participant:03d}.html"
    write_session_page(opened, exclusions, folder.study.title, path)
    rows = summary_table(opened).to_dict("records")
    width = max(9, *(len(row["condition"]) for row in rows)) + 1
    for row in rows:
        name = f"{row['phase']:<9}{row['condition']:<{width}}"
        console.print(
            f"{name}{row['correct']:4.0f} of {row['trials']:3} correct, median "
            f"{number(row['median_rt'])} s, confidence {number(row['confidence'])}"
        )
    odd = oddities(opened, exclusions)
    console.print("\n".join(f"! {text}" for text in odd) if odd else "nothing odd")
    console.print(str(path))


@app.command()
def bids(
    study: StudyArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder.")],
    clock_times: Annotated[
        bool,
        typer.Option("--clock-times", help="Write dates and times of sessions and trials too."),
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Write all sessions of a study as a BIDS data set (behaviour) into a new folder.

    Dates and times are left out, and ages from 89 on are written as 89+: by these a person may be
    known.
    """
    from analysis.bids import write_bids

    folder = open_study(study, root, make=False)
    participants = write_bids(folder, out, clock_times, _tell)
    console.print(f"{out}: BIDS data set of {len(participants)} participants")


@app.command()
def difficulty(
    study: StudyArgument,
    solved: Annotated[
        float,
        typer.Option(help="A unit is solved from this share of right trials on.", min=0.5, max=1),
    ] = SOLVED,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Say how hard each unit is for the machine observers that have answered the study.

    Writes STUDY/report/difficulty; `python -m stimgen preview STUDY` takes it into preview.html.
    """
    from analysis.data.machine import load_machines
    from analysis.planning.difficulty import write_difficulty

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    machines = load_machines(folder)
    paragraphs = write_difficulty(machines, folder, solved)
    observers = {machine.name: len(machine.participants) for machine in machines}
    _provenance(folder, folder.difficulty, started, participants=observers, solved=solved)
    console.print("\n".join([*paragraphs, str(folder.difficulty)]), markup=False)


@app.command()
def power(
    study: StudyArgument,
    effect: EffectOption = None,
    base: BaseOption = None,
    pilot: PilotOption = None,
    conditions: Annotated[
        str | None,
        typer.Option(help="First and second; by default those of the primary question."),
    ] = None,
    participants: Annotated[
        str, typer.Option(help="Numbers of participants.", metavar="NUMBERS")
    ] = "6,8,10,12,14,16,20,24,32,40",
    trials: Annotated[
        str | None,
        typer.Option(
            help="Main trials a condition; by default half the study's, the study's and twice.",
            metavar="NUMBERS",
        ),
    ] = None,
    simulations: SimulationsOption = 1000,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Simulate studies: power and precision against the numbers of participants and trials.

    The tests are those of the primary question, over participants, and over participants and
    units. Writes STUDY/report/power: a table, a figure, and sentences.
    """
    from analysis.planning.pages import write_power
    from analysis.planning.simulated import Wanted, simulated

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    counts = parse_numbers(trials, "--trials") if trials else None
    people = parse_numbers(participants, "--participants")
    wanted = Wanted(conditions, effect, base, pilot, people, counts, simulations)
    found = simulated(folder, wanted, _tell)
    folder.begin()
    out, over = folder.report / "power", folder.study.analysis.over
    write_power(found.table, over, found.sentences, out)
    _provenance(folder, out, started, plan=asdict(found.plan))
    console.print("\n".join([*found.sentences, str(out)]), markup=False)


@app.command()
def plan(
    study: StudyArgument,
    participants: Annotated[
        str,
        typer.Option(
            help="Number of participants that there will be; of several, the fewest with a power "
            "of 90 %.",
            metavar="NUMBERS",
        ),
    ] = "6,8,10,12,14,16,20,24,32,40",
    effect: EffectOption = None,
    base: BaseOption = None,
    pilot: PilotOption = None,
    simulations: SimulationsOption = 1000,
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Write what a preregistration says: questions, tests, sample size and the power behind it.

    The difference that is to be found is, by default, the smallest effect that the study file
    declares, else the pilot's, else the published one. Writes STUDY/report/plan.
    """
    from analysis.planning.pages import write_power
    from analysis.planning.plan import compared_conditions, planned_trials
    from analysis.planning.preregistration import assumed, preregistration
    from analysis.planning.simulated import Wanted, simulated

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    people = parse_numbers(participants, "--participants")
    effect, base = assumed(folder.study, effect, base, pilot)
    trials = [planned_trials(folder.study, compared_conditions(folder.study, None))]
    wanted = Wanted(None, effect, base, pilot, people, trials, simulations)
    found = simulated(folder, wanted, _tell)
    paragraphs = preregistration(folder.study, found)
    folder.begin()
    out, over = folder.report / "plan", folder.study.analysis.over
    write_power(found.table, over, paragraphs, out, "plan")
    _provenance(folder, out, started, plan=asdict(found.plan))
    console.print("\n\n".join([*paragraphs, str(out)]), markup=False)


@app.command()
def compare(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
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
    _provenance(folder, out, started, participants=people.participants)
    for remark in people.remarks:
        _tell(remark)
    console.print("\n".join([*sentences, str(out)]), markup=False)


def _tell(remark: str) -> None:
    console.print(f"! {remark}", markup=False)


def _provenance(folder: StudyFolder, out: Path, started: float, **facts: object) -> None:
    from analysis.writing.report import PACKAGES

    seconds = time.monotonic() - started
    write_provenance(out / "provenance.json", folder.study, PACKAGES, seconds, **facts)


if __name__ == "__main__":
    run(app, "analysis")
