"""``python -m tools.walk``: a whole study, shown in one place."""

from typing import Annotated

import typer
from rich.console import Console

from conditions.commands.command_line import run
from conditions.errors import StudyError

OBSERVERS = ("scripted", "human")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def walk(
    name: Annotated[str, typer.Argument(metavar="WALK", help="demo, visualisations or rehearse.")],
    observer: Annotated[
        str, typer.Option(help="Who answers: scripted, or human, which is you.")
    ] = OBSERVERS[0],
) -> None:
    """Walk through a whole study; what its commands print goes to a log in the study's folder.

    Begun again, it does only what is missing.
    """
    from tools.walk.walking import take
    from tools.walk.walks import WALKS

    if name not in WALKS:
        raise StudyError(f"{name}: found no such walk, wanted one of {', '.join(WALKS)}")
    if observer not in OBSERVERS:
        raise StudyError(f"OBSERVER: found {observer!r}, wanted {' or '.join(OBSERVERS)}")
    console = Console(highlight=False, markup=False, emoji=False)
    raise typer.Exit(take(WALKS[name](observer), console))


if __name__ == "__main__":
    run(app, "tools.walk")
