"""``python -m stimgen``: units, natural and synthetic images, and a sheet to look at."""

import time
from collections.abc import Callable
from typing import Annotated

import typer

from conditions.commands import (
    DEFAULT_ROOT,
    RootOption,
    StudyArgument,
    command_line,
    console,
    progress_bar,
    run,
)
from conditions.errors import StudyError
from conditions.folder import StudyFolder, open_study
from conditions.provenance import write_provenance
from conditions.tables import POLES, POOL, read_table, write_table
from stimgen.memory import keep_big_blocks
from stimgen.models import Model, load_model
from stimgen.natural import scan, summarise, write_natural
from stimgen.pool import open_pool
from stimgen.preview import write_preview
from stimgen.stimuli import add_stimuli, finished_units
from stimgen.synthetic.write import write_synthetic
from stimgen.units import ensure_units

app = command_line("stimgen", "Make a study's reference and query images.")

PACKAGES = ("torch", "torchvision", "torch-lucent", "efficientnet-lite-pytorch", "numpy", "pillow")


@app.command()
def units(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
    """Check the study's units against the model and write stimuli/units.csv."""
    folder, model = _open(study, root)
    table = ensure_units(folder, model)
    console.print(f"{folder.units_table}: {len(table)} units of {model.name}")


@app.command()
def natural(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
    """Rank the pool of photographs for every unit and write the extreme ones."""
    make_natural(*_open(study, root))


@app.command()
def synthetic(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
    """Optimise images that drive every unit least and most (after `natural`)."""
    make_synthetic(*_open(study, root))


@app.command()
def preview(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
    """Write stimuli/preview.html, a sheet of all images."""
    console.print(f"{write_preview(open_study(study, root))}: the images of every unit")


@app.command(name="all")
def everything(study: StudyArgument, root: RootOption = DEFAULT_ROOT) -> None:
    """All of the above, in order; finished work is skipped."""
    folder, model = _open(study, root)
    make_natural(folder, model)
    make_synthetic(folder, model)
    console.print(f"{write_preview(folder)}: the images of every unit")


@app.command()
def layers(
    model: Annotated[str, typer.Argument(help="Name of a model, as in a study file.")],
) -> None:
    """List a model's layers and their channels."""
    for layer in load_model(model).layers.values():
        branches = ", ".join(f"{name} up to {upper - 1}" for name, upper in layer.branches)
        console.print(f"{layer.name}: channels 0 to {layer.channels - 1}", branches or "")


def make_natural(folder: StudyFolder, model: Model) -> None:
    """Write natural images, the pool's distribution and their provenance, where missing."""
    started = time.monotonic()
    table = ensure_units(folder, model)
    recipe = folder.study.natural
    wanted = recipe.bins * recipe.batches * len(POLES)
    done = finished_units(folder, "natural", wanted)
    if folder.pool_table.exists() and done >= set(table["unit"]):
        console.print(f"{folder.stimuli}: natural images of {len(done)} units are there")
        return
    pool = open_pool(recipe.pool, folder.study.image)
    with progress_bar() as progress:
        task = progress.add_task("Scanning the pool", total=len(pool.images))
        activations = scan(
            model, pool, folder.study.image, table, lambda n: progress.advance(task, n)
        )
        task = progress.add_task("Writing natural images", total=len(table))
        for i in range(len(table)):
            rows = write_natural(folder, model, pool, activations, table.iloc[[i]])
            add_stimuli(folder, rows)
            progress.advance(task)
    write_table(summarise(activations), POOL, folder.pool_table)
    _record(folder, model, "natural", started, pool=pool.name, pool_sha256=pool.fingerprint())
    console.print(
        f"{folder.stimuli}: {wanted} natural images for each of {len(table)} units, out of "
        f"{len(pool.images)} in the pool"
    )


def make_synthetic(folder: StudyFolder, model: Model) -> None:
    """Write synthetic images and their provenance, where missing."""
    started = time.monotonic()
    table = ensure_units(folder, model)
    if not folder.pool_table.exists():
        raise StudyError(
            f"{folder.pool_table}: no such file; the weight of diversity follows from the pool: "
            f"first run `python -m stimgen natural {folder.path}`"
        )
    spread = read_table(folder.pool_table, POOL).set_index("unit")["sd"]
    recipe = folder.study.synthetic
    wanted = recipe.images * len(POLES)
    done = finished_units(folder, "synthetic", wanted)
    missing = table[~table["unit"].isin(done)]
    if missing.empty:
        console.print(f"{folder.stimuli}: synthetic images of {len(done)} units are there")
        return
    with progress_bar() as progress:
        task = progress.add_task(
            "Optimising synthetic", total=len(missing) * len(POLES) * recipe.steps
        )
        step: Callable[[], None] = lambda: progress.advance(task)  # noqa: E731
        for unit in missing.itertuples():
            rows = write_synthetic(
                folder, model, unit.unit, unit.layer, unit.channel, spread[unit.unit], step
            )
            add_stimuli(folder, rows)
    _record(folder, model, "synthetic", started, units=len(missing))
    console.print(
        f"{folder.stimuli}: {wanted} synthetic images for each of {len(missing)} units, "
        f"{len(done)} units were there"
    )


def _open(study: str, root: object) -> tuple[StudyFolder, Model]:
    keep_big_blocks()
    folder = open_study(study, root)
    return folder, load_model(folder.study.model.name, folder.study.model.weights)


def _record(folder: StudyFolder, model: Model, kind: str, started: float, **facts: object) -> None:
    write_provenance(
        folder.stimuli / kind / "provenance.json",
        folder.study,
        PACKAGES,
        time.monotonic() - started,
        model=model.name,
        weights=model.weights_source,
        weights_sha256=model.weights_sha256,
        device=str(model.device),
        **facts,
    )


if __name__ == "__main__":
    run(app, "stimgen")
