"""``python -m analysis``: from the trials to tables, figures and a report."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from analysis.planning.commands import compare, difficulty, plan, power, provenance, tell
from analysis.writing.overview.command import index
from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    command_line,
    console,
    run,
)
from conditions.commands.participants import participant_option
from conditions.errors import StudyError
from conditions.files import sha256_of, write_json
from conditions.folder import open_study
from conditions.next_step import as_typed, look_at, quoted, sessions_or_report
from conditions.provenance.facts import commit, versions

app = command_line("analysis", "From the trials of a study to tables, figures and a report.")
# Statistics and figures take seconds to load: each command loads what it uses, --help nothing.


@app.command()
def report(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> NextStep:
    """Analyse all sessions of a study and write STUDY/report.

    An earlier report is replaced; the data is only read.
    """
    from analysis.data.machine import machines_beside
    from analysis.data.study import load_study
    from analysis.wording import counted
    from analysis.writing.report import write_report

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    dataset = load_study(folder)
    machines, left_out = machines_beside(folder)
    dataset = replace(dataset, remarks=(*dataset.remarks, *left_out))
    write_report([dataset], folder.report, folder.study.title, machines)
    provenance(folder, folder.report, started, participants=dataset.participants)
    for remark in dataset.remarks:
        tell(remark)
    people = counted(len(dataset.participants), "participant")
    console.print(f"{folder.report / 'report.html'}: {people}")
    return look_at(folder.report / "report.html")


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
) -> NextStep:
    """Rank the study's kinds of reference images: which help more than a baseline, and than none.

    By people, and by each machine observer that has answered the study. Writes
    STUDY/report/ranking: a table, a figure and sentences.
    """
    from analysis.planning.ranked import ranked

    started = time.monotonic()
    folder = open_study(study, root, make=False)
    found = ranked(folder, against, folder.report / "ranking")
    facts = {"participants": found.participants, "against": found.baseline}
    provenance(folder, folder.report / "ranking", started, **facts)
    for remark in found.remarks:
        tell(remark)
    console.print("\n\n".join([*found.sentences, str(folder.report / "ranking")]), markup=False)
    return look_at(folder.report / "ranking" / "ranking.png")


@app.command()
def published(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the released CSV files.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the report.", metavar="OUT")],
) -> NextStep:
    """Analyse the published data of the two experiments, with the same report.

    An earlier report in OUT is replaced; the data is only read.
    """
    from analysis.data.published import load_published
    from analysis.wording import counted
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
            f"{counted(len(dataset.participants), 'participant')}, "
            f"{counted(len(dataset.main), 'main trial')}"
        )
    return look_at(out / "report.html")


@app.command()
def session(
    study: StudyArgument,
    number: Annotated[
        int | None,
        typer.Argument(metavar="NUMBER", help="As --participant.", min=1, show_default=False),
    ] = None,
    participant: Annotated[int | None, participant_option()] = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Check one session right after it: STUDY/report/session-001.html, and what is odd here.

    An earlier page of the session is replaced; the data is only read.
    """
    if (number is None) == (participant is None):
        raise StudyError("session: wants the participant's number, as in --participant 7")
    participant = participant or number or 0
    from analysis.wording import number as in_words
    from analysis.writing.session.checks import oddities, open_session, summary_table
    from analysis.writing.session.page import write_session_page

    folder = open_study(study, root, make=False)
    opened = open_session(folder, participant)
    exclusions = folder.study.exclusions
    path = folder.session_page(participant)
    write_session_page(opened, exclusions, folder.study.title, path)
    rows = summary_table(opened).to_dict("records")
    width = max(9, *(len(row["condition"]) for row in rows)) + 1
    for row in rows:
        name = f"{row['phase']:<9}{row['condition']:<{width}}"
        console.print(
            f"{name}{row['correct']:4.0f} of {row['trials']:3} correct, median "
            f"{in_words(row['median_rt'])} s, confidence {in_words(row['confidence'])}"
        )
    odd = oddities(opened, exclusions)
    console.print("\n".join(f"! {text}" for text in odd) if odd else "nothing odd")
    console.print(str(path))
    return sessions_or_report(folder, as_typed(study, root))


@app.command()
def bids(
    study: StudyArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder.")],
    clock_times: Annotated[
        bool,
        typer.Option("--clock-times", help="Write dates and times of sessions and trials too."),
    ] = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Write all sessions of a study as a BIDS data set (behaviour) into a new folder.

    Dates and times are left out, and ages from 89 on are written as 89+: by these a person may be
    known.
    """
    from analysis.bids.data_set import write_bids

    folder = open_study(study, root, make=False)
    participants = write_bids(folder, out, clock_times, tell)
    console.print(f"{out}: BIDS data set of {len(participants)} participants")
    # Its validator is no part of the laboratory: whoever has it needs the name alone.
    return look_at(out / "README", NextStep(f"validate it: {quoted(['bids-validator', out])}"))


for command in (difficulty, power, plan, compare, index):
    app.command()(command)


if __name__ == "__main__":
    run(app, "analysis")
