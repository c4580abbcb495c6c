"""``python -m analysis``: from the trials to tables, figures and a report."""

import time
from pathlib import Path
from typing import Annotated

import typer

from analysis.bids import write_bids
from analysis.load_published import load_published
from analysis.load_study import load_study
from analysis.report import PACKAGES, write_report
from analysis.session_checks import oddities, open_session, summary_table
from analysis.session_page import write_session_page
from analysis.wording import number
from conditions.commands import (
    DEFAULT_ROOT,
    RootOption,
    StudyArgument,
    command_line,
    console,
    run,
)
from conditions.exclusions import Exclusions
from conditions.files import sha256_of, write_json
from conditions.folder import open_study
from conditions.provenance import commit, versions, write_provenance

SampledOption = Annotated[
    bool,
    typer.Option("--sampled", help="Fit the mixed model by MCMC too (needs bambi; takes minutes)."),
]

app = command_line("analysis", "From the trials of a study to tables, figures and a report.")


@app.command()
def report(
    study: StudyArgument, sampled: SampledOption = False, root: RootOption = DEFAULT_ROOT
) -> None:
    """Analyse all sessions of a study and write STUDY/report.

    An earlier report is replaced; the data is only read.
    """
    started = time.monotonic()
    folder = open_study(study, root)
    dataset = load_study(folder)
    write_report([dataset], folder.report, folder.study.title, sampled)
    write_provenance(
        folder.report / "provenance.json",
        folder.study,
        PACKAGES,
        time.monotonic() - started,
        participants=dataset.participants,
    )
    console.print(f"{folder.report / 'report.html'}: {len(dataset.participants)} participants")


@app.command()
def published(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the released CSV files.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the report.", metavar="OUT")],
    sampled: SampledOption = False,
) -> None:
    """Analyse the published data of the two experiments, with the same report.

    An earlier report in OUT is replaced; the data is only read.
    """
    started = time.monotonic()
    datasets = load_published(directory)
    names = " and ".join(dataset.experiment for dataset in datasets)
    write_report(datasets, out, f"The published data: Experiment {names}", sampled)
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
    folder = open_study(study, root)
    opened = open_session(folder, participant)
    exclusions = getattr(folder.study, "exclusions", Exclusions())
    path = folder.report / f"session-{participant:03d}.html"
    write_session_page(opened, exclusions, folder.study.title, path)
    for row in summary_table(opened).itertuples():
        console.print(
            f"{row.phase:<9}{row.condition:<10}{row.correct:4.0f} of {row.trials:3} correct, "
            f"median {number(row.median_rt)} s, confidence {number(row.confidence)}"
        )
    odd = oddities(opened, exclusions)
    console.print("\n".join(f"! {text}" for text in odd) if odd else "nothing odd")
    console.print(str(path))


@app.command()
def bids(
    study: StudyArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder.")],
    root: RootOption = DEFAULT_ROOT,
) -> None:
    """Write all sessions of a study as a BIDS data set (behaviour) into a new folder."""
    folder = open_study(study, root)
    participants = write_bids(folder, out)
    console.print(f"{out}: BIDS data set of {len(participants)} participants")


if __name__ == "__main__":
    run(app, "analysis")
