"""Options of ``python -m experiment run --observer machine``."""

from pathlib import Path
from typing import Annotated

import typer

from conditions.commands import console, parse_participants
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.strays import condition_files
from experiment.observers.judging import Rule
from experiment.observers.machine import Settings, run_machine

DEFAULT_EMBEDDING = "efficientnet_lite0"
PANEL = {"rich_help_panel": "With --observer machine"}

Participants = Annotated[
    str | None, typer.Option(help="Several, as in 1-24, or all.", metavar="NUMBERS", **PANEL)
]
Embeddings = Annotated[
    list[str] | None,
    typer.Option(
        help="What it sees: pixels, statistics, a network's layer as MODEL or MODEL:LAYER, oracle, "
        f"lpips or dreamsim; {DEFAULT_EMBEDDING} by default. May be given several times.",
        metavar="NAME",
        **PANEL,
    ),
]
Weights = Annotated[
    Path | None, typer.Option(help="Weights of the embedding.", metavar="FILE", **PANEL)
]
Pooling = Annotated[
    Rule, typer.Option(help="How similarities to several references become one.", **PANEL)
]
Alpha = Annotated[float, typer.Option(help="Slope of its choices.", min=0, **PANEL)]
Fit = Annotated[
    Path | None,
    typer.Option(
        help="Fit the slope to people: a trials.csv, or a folder of them.", metavar="DATA", **PANEL
    ),
]
Sampled = Annotated[
    bool, typer.Option("--sampled", help="Draw answers with their probability.", **PANEL)
]
Seed = Annotated[
    int | None, typer.Option(help="Of drawn answers; by default the study's.", min=0, **PANEL)
]
Name = Annotated[
    str | None, typer.Option(help="Its folder in STUDY/machine.", metavar="NAME", **PANEL)
]


def chosen_participants(
    folder: StudyFolder, participant: int | None, participants: str | None
) -> list[int]:
    """Numbers whose condition files a machine answers.

    Raises
    ------
    StudyError
        Where none or both of the options are given, or there are no condition files.
    """
    if participant is not None and participants is None:
        return [participant]
    if participant is not None or participants is None:
        raise StudyError("--observer machine: wants --participant N, or --participants 1-24 or all")
    if participants != "all":
        return parse_participants(participants)
    numbers = list(condition_files(folder))
    if not numbers:
        raise StudyError(
            f"{folder.conditions}: no condition files; write them with `python -m conditions build "
            f"{folder.path} --participants 1-24`"
        )
    return numbers


def answer(
    folder: StudyFolder,
    participants: list[int],
    embeddings: list[str] | None,
    weights: Path | None,
    rule: Rule,
    alpha: float,
    fit: Path | None,
    sampled: bool,
    seed: int | None,
    name: str | None,
) -> None:
    """Answer with one embedding after the other.

    Raises
    ------
    StudyError
        See :func:`experiment.observers.machine.run_machine`.
    """
    embeddings = embeddings or [DEFAULT_EMBEDDING]
    if len(embeddings) > 1 and (weights or name):
        raise StudyError("--weights and --name: wanted with one --embedding only")
    seed = folder.study.seed if seed is None else seed
    settings = Settings(rule, alpha, fit, sampled, seed, name)
    for embedding in embeddings:
        run_machine(folder, participants, embedding, settings, weights, console.print)
