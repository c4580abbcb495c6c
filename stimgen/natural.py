"""Natural images: the pool's extremes for each unit, dealt to equally extreme batches."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import torch
from scipy.optimize import linear_sum_assignment

from conditions.errors import StudyError
from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder, natural_image
from conditions.seeds import named_rng
from conditions.study import ImageSize, NaturalImages
from stimgen.activations import channel_means, measure_files
from stimgen.models import Model
from stimgen.pool import Pool

SCAN_BATCH = 32


def scan(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: pd.DataFrame,
    on_images: Callable[[int], None] = lambda n: None,
) -> pd.DataFrame:
    """Activation of every unit for every image of the pool, in one pass.

    Parameters
    ----------
    model : Model
        The network, run as deep as the deepest unit.
    pool : Pool
        The images; all activations are kept (4 bytes an image and unit).
    size : ImageSize
        How the images are resized and cropped.
    units : DataFrame
        The table of units.
    on_images : callable, optional
        Called with the number of images done since the last call.

    Returns
    -------
    DataFrame
        One row an image in the pool's order, one float32 column a unit.
    """
    layers = list(dict.fromkeys(units["layer"]))
    chunks = []
    for images in pool.batches(size, SCAN_BATCH):
        with torch.no_grad():
            means = channel_means(model, images.to(model.device), layers)
        columns = [
            means[layer][:, channel]
            for layer, channel in zip(units["layer"], units["channel"], strict=True)
        ]
        chunks.append(torch.stack(columns, dim=1).cpu().numpy())
        on_images(len(images))
    return pd.DataFrame(np.concatenate(chunks), columns=list(units["unit"]))


def choose(
    activations: np.ndarray,
    sources: Sequence[str],
    recipe: NaturalImages,
    rng: np.random.Generator,
) -> dict[tuple[str, int, int], int]:
    """Choose a unit's images and deal them to batches.

    The ``bins × batches`` lowest and highest images are cut into rank bins of ``batches`` images;
    the images of each bin are dealt at random, one to each batch. An image that would put a
    photograph twice into a batch whatever the deal is passed over for the next in rank.

    Parameters
    ----------
    activations : ndarray
        One value an image of the pool.
    sources : sequence of str
        The photograph that each image shows.
    recipe : NaturalImages
        Numbers of bins and batches.
    rng : numpy.random.Generator
        Source of the deal.

    Returns
    -------
    dict
        Index of the image for each (pole, batch, rank); rank 0 of both poles is the bin of the
        lowest activations, the last rank that of the highest.

    Raises
    ------
    StudyError
        Where the pool is too small.
    """
    order = np.argsort(activations, kind="stable")
    chosen: dict[tuple[str, int, int], int] = {}
    seen: list[set[str]] = [set() for _ in range(recipe.batches)]
    taken: set[int] = set()
    # From the outermost bin inwards, so that a passed-over image costs the least extreme bin.
    for pole, ranked, ranks in (
        ("max", order[::-1], range(recipe.bins - 1, -1, -1)),
        ("min", order, range(recipe.bins)),
    ):
        for rank in ranks:
            members = _next_bin(ranked, taken, sources, seen)
            for batch, image in _deal(members, sources, seen, rng):
                chosen[pole, batch, rank] = image
                taken.add(image)
                seen[batch].add(sources[image])
    return chosen


def write_natural(
    folder: StudyFolder, model: Model, pool: Pool, activations: pd.DataFrame, units: pd.DataFrame
) -> pd.DataFrame:
    """Choose and write every unit's natural images, re-measured from the written files.

    Returns
    -------
    DataFrame
        Rows of the table of stimuli.
    """
    study = folder.study
    rows = []
    for unit in units.itertuples():
        rng = named_rng(study.seed, f"natural/{unit.unit}")
        photographs = [image.photograph.name for image in pool.images]
        chosen = choose(activations[unit.unit].to_numpy(), photographs, study.natural, rng)
        for pole, batch, rank in sorted(chosen):
            image = pool.images[chosen[pole, batch, rank]]
            path = folder.path / natural_image(unit.unit, batch, pole, rank)
            with atomic_path(path) as temporary:
                image.load(study.image).save(temporary)
            rows.append(
                {
                    "unit": unit.unit,
                    "kind": "natural",
                    "pole": pole,
                    "batch": batch,
                    "rank": rank,
                    "path": folder.relative(path),
                    "source": image.source,
                    "sha256": sha256_of(path),
                }
            )
        written = [row for row in rows if row["unit"] == unit.unit]
        files = [folder.path / row["path"] for row in written]
        for row, value in zip(
            written, measure_files(model, files, unit.layer, unit.channel), strict=True
        ):
            row["activation"] = float(value)
    return pd.DataFrame(rows)


def summarise(activations: pd.DataFrame) -> pd.DataFrame:
    """Distribution of each unit's activation over the pool, rows of the table ``pool``."""
    values = activations.to_numpy(dtype=np.float64)
    quantiles = np.quantile(values, [0, 0.25, 0.5, 0.75, 1], axis=0)
    return pd.DataFrame(
        {
            "unit": list(activations.columns),
            "n_images": len(values),
            "mean": values.mean(0),
            "sd": values.std(0, ddof=1),
            **dict(zip(("min", "q25", "median", "q75", "max"), quantiles, strict=True)),
        }
    )


def _next_bin(
    ranked: np.ndarray, taken: set[int], sources: Sequence[str], seen: list[set[str]]
) -> list[int]:
    members: list[int] = []
    for image in ranked:
        if int(image) in taken:
            continue
        if _fits([*members, int(image)], sources, seen):
            members.append(int(image))
        if len(members) == len(seen):
            return members
    raise StudyError(
        f"natural: the pool of {len(ranked)} images ({len(set(sources))} photographs) is too small "
        f"for {len(seen)} batches without a photograph twice in a batch"
    )


def _fits(members: list[int], sources: Sequence[str], seen: list[set[str]]) -> bool:
    """Whether all members can go to different batches, none to one that has its photograph."""
    cost = _conflicts(members, sources, seen)
    rows, columns = linear_sum_assignment(cost)
    return not cost[rows, columns].any()


def _conflicts(members: list[int], sources: Sequence[str], seen: list[set[str]]) -> np.ndarray:
    return np.array([[float(sources[image] in batch) for batch in seen] for image in members])


def _deal(
    members: list[int], sources: Sequence[str], seen: list[set[str]], rng: np.random.Generator
) -> list[tuple[int, int]]:
    # With random costs and no conflict every permutation is equally likely.
    cost = rng.random((len(members), len(seen)))
    cost += _conflicts(members, sources, seen) * len(members) * 2
    rows, columns = linear_sum_assignment(cost)
    return [(int(batch), members[row]) for row, batch in zip(rows, columns, strict=True)]
