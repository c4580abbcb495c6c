"""``python -m stimgen``: units, photographs, all other references, and a sheet to look at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conditions.commands.command_line import (
    DEFAULT_ROOT,
    NextStep,
    RootOption,
    StudyArgument,
    command_line,
    console,
    run,
)
from conditions.folder import StudyFolder, open_study
from conditions.next_step import after_images, as_typed, images_or_sheet, look_at
from conditions.study.kinds.visualisation import Visualisation
from stimgen.machine import keep_big_blocks
from stimgen.models.listing_command import layers
from stimgen.who_works import ClusterOption, PatienceOption, count_of, decoders, workers_of

if TYPE_CHECKING:
    # PyTorch takes seconds to load: each command loads what it uses, --help nothing.
    from stimgen.models.model import Model
    from stimgen.natural.scanning.scan import HowToScan

ImagesOption = Annotated[
    str | None,
    typer.Option(
        "--images",
        help="The pool: a folder (ImageFolder tree or flat), .tar shards or their folder, or "
        "a .txt file of paths; by default the one that the study names.",
        metavar="POOL",
    ),
]
DryRunOption = Annotated[
    bool,
    typer.Option("--dry-run", help="Say what is to be done and about how long; make no images."),
]

NOT_DRY = NextStep("the same command without --dry-run")

app = command_line("stimgen", "Make a study's reference and query images.")


@app.command()
def units(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> NextStep:
    """Check the study's units against the model and write stimuli/units.csv."""
    from stimgen.units import checked_units, write_units

    folder, model = _open(study, root)
    table = checked_units(folder, model)
    write_units(folder, table)
    console.print(f"{folder.units_table}: {len(table)} units of {model.name}")
    return after_images(folder, as_typed(study, root))


@app.command()
def natural(
    study: StudyArgument,
    images: ImagesOption = None,
    all_units: Annotated[
        bool,
        typer.Option(
            "--all-units",
            help="Also rank the pool for every channel of every layer and readout "
            "(stimuli/all_units/).",
        ),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(help="Processes that decode images.", min=0, max=1024)
    ] = None,
    batch_size: Annotated[
        int, typer.Option(help="Images in a forward pass.", min=1, max=65_536)
    ] = 32,
    reduced: Annotated[
        bool,
        typer.Option(
            "--autocast",
            help="Compute in reduced precision where it ranks images alike (measured first).",
        ),
    ] = False,
    cluster: ClusterOption = None,
    patience: PatienceOption = None,
    dry_run: DryRunOption = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Rank a pool of photographs for every unit and write the extreme ones.

    One pass for all units; a stopped scan goes on where it was.
    """
    from stimgen.natural.step import make_natural
    from stimgen.plan import plan_natural, show_plan

    folder, model = _open(study, root)
    how: HowToScan = {
        "batch_size": batch_size,
        "workers": decoders(model) if workers is None else workers,
        "autocast": reduced,
    }
    if dry_run:
        show_plan(plan_natural(folder, model, images, all_units, **how), count_of(cluster))
        return NOT_DRY
    with workers_of(cluster, patience) as by:
        make_natural(folder, model, images, all_units, by, **how)
    return images_or_sheet(folder, as_typed(study, root))


@app.command()
def references(
    study: StudyArgument,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", help="A kind of the study, once or more; by default all.", metavar="NAME"
        ),
    ] = None,
    cluster: ClusterOption = None,
    patience: PatienceOption = None,
    dry_run: DryRunOption = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Make the study's other kinds of references, each after what it is made of (after `natural`).

    Images that other tools have made are brought from the folder that the study names, or named
    where they are missing.
    """
    from stimgen.kinds.references import chosen, make_references, plan_references
    from stimgen.plan import show_plan

    chosen(open_study(study, root, make=False).study, only)
    folder, model = _open(study, root)
    if dry_run:
        show_plan(plan_references(folder, model, only), count_of(cluster))
        return NOT_DRY
    with workers_of(cluster, patience) as by:
        make_references(folder, model, by, only)
    return images_or_sheet(folder, as_typed(study, root))


@app.command()
def bring(
    study: StudyArgument,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A kind `files` of the study, as its references name it.",
            show_default=False,
        ),
    ],
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="FOLDER",
            help="Where the images lie: with a manifest.csv (unit, pole, rank, file; also tool, "
            "version, prompt), or as UNIT/max_0.png; by default the folder that the study names.",
            show_default=False,
        ),
    ] = None,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Take over images that another tool has made (after `natural`).

    All are checked and measured first; what is wrong is refused, and the folder is only read.
    """
    from stimgen.bringing.offered.folder import files_kind
    from stimgen.bringing.step import bring_images

    files_kind(open_study(study, root, make=False).study, name)
    folder, model = _open(study, root)
    bring_images(folder, model, name, place)
    return images_or_sheet(folder, as_typed(study, root))


@app.command(hidden=True)
def synthetic(
    study: StudyArgument,
    cluster: ClusterOption = None,
    patience: PatienceOption = None,
    dry_run: DryRunOption = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """Make the study's feature visualisations: `references` with --only for each of them."""
    kinds = open_study(study, root, make=False).study.references
    made = [name for name, kind in kinds.items() if isinstance(kind, Visualisation)]
    return references(study, made, cluster, patience, dry_run, root)


@app.command()
def preview(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> NextStep:
    """Write stimuli/preview.html, a sheet of all images."""
    from stimgen.preview import write_preview

    folder = open_study(study, root, make=False)
    console.print(f"{write_preview(folder)}: the images of every unit")
    return look_at(folder.preview, after_images(folder, as_typed(study, root)))


@app.command(name="all")
def everything(
    study: StudyArgument,
    images: ImagesOption = None,
    cluster: ClusterOption = None,
    patience: PatienceOption = None,
    dry_run: DryRunOption = False,
    root: RootOption = DEFAULT_ROOT,
) -> NextStep:
    """`natural`, `references` and `preview`, in order; finished work is skipped."""
    from stimgen.kinds.references import make_references, plan_references
    from stimgen.natural.step import make_natural
    from stimgen.plan import plan_natural, show_plan
    from stimgen.preview import write_preview

    folder, model = _open(study, root)
    if dry_run:
        steps = [*plan_natural(folder, model, images), *plan_references(folder, model)]
        show_plan(steps, count_of(cluster))
        return NOT_DRY
    with workers_of(cluster, patience) as by:
        make_natural(folder, model, images, by=by, workers=decoders(model))
        make_references(folder, model, by)
    console.print(f"{write_preview(folder)}: the images of every unit")
    return look_at(folder.preview, after_images(folder, as_typed(study, root)))


app.command()(layers)


def _open(study: str, root: Path) -> "tuple[StudyFolder, Model]":
    from stimgen.models.open import open_model

    keep_big_blocks()
    folder = open_study(study, root, make=False)
    return folder, open_model(folder.study)


if __name__ == "__main__":
    run(app, "stimgen")
