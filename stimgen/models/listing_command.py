"""``python -m stimgen layers``: what can be read of a model."""

from pathlib import Path
from typing import Annotated

import typer

from conditions.commands.command_line import NextStep, console
from conditions.next_step import command


def layers(
    model: Annotated[str, typer.Argument(help="Name of a model, as in a study file.")],
    weights: Annotated[
        Path | None, typer.Option(help="A file of its weights; without it they are random here.")
    ] = None,
) -> NextStep:
    """List what can be read of a model: layers, channels, and how their values are laid out.

    Nothing is downloaded.
    """
    # PyTorch takes seconds to load: --help does without.
    from stimgen.models.listing import listed
    from stimgen.models.registry import load_model

    for line in listed(load_model(model, weights, "cpu", blank=weights is None)):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    described = command("conditions", "describe", "my_study.yaml")
    return NextStep(f"name units of these layers under `units:` in a study file, then {described}")
