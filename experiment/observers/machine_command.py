"""``python -m experiment machine``: a machine observer answers a study's trials."""

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
from conditions.commands.participants import PARTICIPANTS, parse_participants, participant_option
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.next_step import as_typed, command, has_sessions
from conditions.strays import all_prepared, name_strays
from conditions.study.kinds.references import NO_TEXT
from experiment.observers.judging import ALPHA, Rule

DEFAULT_EMBEDDING = "efficientnet_lite0"
# Tables that have machine observers and people in one column say so of the latter.
PEOPLE = "people"


def answer_by_machine(
    study: StudyArgument,
    participant: Annotated[int | None, participant_option()] = None,
    participants: Annotated[str | None, PARTICIPANTS] = None,
    embedding: Annotated[
        list[str] | None,
        typer.Option(
            help="What it sees: pixels, statistics, a network's layer as MODEL or MODEL:LAYER, "
            f"oracle, lpips or dreamsim; {DEFAULT_EMBEDDING} by default. May be given several "
            "times.",
            metavar="NAME",
        ),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Weights of the embedding.", metavar="FILE")
    ] = None,
    rule: Annotated[
        Rule, typer.Option(help="How similarities to several references become one.")
    ] = Rule.MEAN,
    alpha: Annotated[float, typer.Option(help="Slope of its choices.", min=0, max=1e6)] = ALPHA,
    fit: Annotated[
        Path | None,
        typer.Option(
            help="Fit the slope to people: a trials.csv, or a folder of them.", metavar="DATA"
        ),
    ] = None,
    sampled: Annotated[
        bool, typer.Option("--sampled", help="Draw answers with their probability.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(help="Of drawn answers; by default the study's.", min=0, max=2**64 - 1),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Its folder in STUDY/machine.", metavar="NAME")
    ] = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Let a machine that judges by image similarity answer trials, without a window.

    Its sessions lie in STUDY/machine, apart from those of people; finished ones are left alone.
    """
    # Networks and the fit to people take seconds to load.
    from experiment.observers.machine import Settings, run_machine

    folder = open_study(study, root, make=False)
    name_strays(folder)
    numbers = _chosen(folder, participant, participants)
    embeddings = embedding or [DEFAULT_EMBEDDING]
    if len(embeddings) > 1 and (weights or name):
        raise StudyError("--weights and --name: wanted with one --embedding only")
    if name and name.strip().lower() in (PEOPLE, *NO_TEXT):
        raise StudyError(
            f"--name: found {name}, which means something else in tables of observers: wanted "
            "another name"
        )
    seed = folder.study.seed if seed is None else seed
    settings = Settings(rule, alpha, fit, sampled, seed, name)
    for one in embeddings:
        run_machine(folder, numbers, one, settings, weights, console.print)
    # The ceiling finds nothing hard: there is nothing in it to be compared with people.
    comparable = has_sessions(folder) and set(embeddings) != {"oracle"}
    then = "compare" if comparable else "difficulty"
    return command("analysis", then, *as_typed(study, root))


def _chosen(folder: StudyFolder, participant: int | None, participants: str | None) -> list[int]:
    """Numbers whose condition files are to be answered."""
    if participant is not None and participants is None:
        return [participant]
    if participant is not None or participants is None:
        raise StudyError("machine: wants --participant N, or --participants 1-24 or all")
    return parse_participants(participants, lambda: all_prepared(folder))
