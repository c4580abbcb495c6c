"""The choice of a unit's natural images: extremes, cut into rank bins, dealt to batches."""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from conditions.errors import StudyError
from conditions.study.recipes import NaturalImages
from stimgen.natural.scanning.extremes import LISTED, NONE, Extremes


@dataclass(frozen=True)
class AsScanned:
    """What a scan has found of an image: the unit's activation, and the digest of its pixels."""

    activation: float
    digest: int


@dataclass(frozen=True)
class Candidates:
    """The images that a unit's natural images are chosen from, by place in the pool.

    ``high`` and ``low`` are ranked, the most extreme first. ``high_queries`` and ``low_queries``,
    where the study asks for queries of a range of percentiles, are those of the sample in it.
    ``scanned`` says how each is known again when it is written, ``sd`` how much the unit's
    activation varies over the pool, and ``reduced`` whether it was computed in reduced precision.
    ``not_finite`` counts, up to ``LISTED``, the images that cannot be chosen because the unit's
    activation is NaN or infinite for them.
    """

    high: np.ndarray
    low: np.ndarray
    high_queries: np.ndarray | None = None
    low_queries: np.ndarray | None = None
    scanned: dict[int, AsScanned] = field(default_factory=dict)
    sd: float = 0.0
    reduced: bool = False
    not_finite: int = 0


def candidates_of(
    extremes: Extremes, column: int, recipe: NaturalImages, reduced: bool = False
) -> Candidates:
    """A unit's candidates out of a scan.

    Parameters
    ----------
    extremes : Extremes
        The scan.
    column : int
        The unit's column in it.
    recipe : NaturalImages
        With ``query_percentiles`` (a, b), queries of the max pole come from the images whose
        activation lies between these percentiles of the pool, those of the min pole from the
        mirror range 100 − b to 100 − a.
    reduced : bool
        Whether the scan computed in reduced precision.
    """
    # Empty places of the sample are NaN, as are activations that are not finite.
    known = np.isfinite(extremes.sample[:, column])
    activations, images = extremes.sample[known, column], extremes.sample_images[known]
    ranked: dict[str, np.ndarray] = {}
    scanned: dict[int, AsScanned] = {}
    for pole in ("high", "low"):
        places = getattr(extremes, f"{pole}_images")[:, column]
        filled = places != NONE
        values = getattr(extremes, pole)[filled, column]
        digests = getattr(extremes, f"{pole}_digests")[filled, column]
        ranked[pole] = places[filled]
        scanned |= _as_scanned(places[filled], values, digests)
    sd = float(activations.std(ddof=1)) if len(activations) > 1 else 0.0
    not_finite = int((extremes.not_finite_images[:, column] != NONE).sum())
    if recipe.query_percentiles is None:
        return Candidates(**ranked, scanned=scanned, sd=sd, reduced=reduced, not_finite=not_finite)
    near, far = recipe.query_percentiles
    mirrored = (100 - far, 100 - near)
    for pole, percentiles in (("high_queries", (near, far)), ("low_queries", mirrored)):
        none = (np.nan, np.nan)
        least, most = np.percentile(activations, percentiles) if len(activations) else none
        within = (activations >= least) & (activations <= most)
        ranked[pole] = np.sort(images[within])
        digests = extremes.sample_digests[known][within]
        scanned |= _as_scanned(images[within], activations[within], digests)
    return Candidates(**ranked, scanned=scanned, sd=sd, reduced=reduced, not_finite=not_finite)


def _as_scanned(
    places: np.ndarray, activations: np.ndarray, digests: np.ndarray
) -> dict[int, AsScanned]:
    rows = zip(places, activations, digests, strict=True)
    return {int(p): AsScanned(float(a), int(d)) for p, a, d in rows}


def choose(
    candidates: Candidates,
    photographs: dict[int, str],
    bins: int,
    batches: int,
    rng: np.random.Generator,
) -> dict[tuple[str, int, int], int]:
    """Choose a unit's images and deal them to batches.

    The ``bins × batches`` lowest and highest images are cut into rank bins of ``batches`` images;
    the images of each bin are dealt at random, one to each batch. An image that would put a
    photograph twice into a batch whatever the deal is passed over for the next in rank.

    Parameters
    ----------
    candidates : Candidates
        Images to choose from.
    photographs : dict of int to str
        The photograph that each of them shows.
    bins, batches : int
        Numbers of rank bins (images a batch and pole) and of batches.
    rng : numpy.random.Generator
        Source of the deal.

    Returns
    -------
    dict
        Place in the pool of the image for each (pole, batch, rank); rank 0 of both poles is the
        bin of the lowest activations, the last rank that of the highest.

    Raises
    ------
    StudyError
        Where there are too few candidates: says so where it is for want of finite activations.
    """
    if candidates.not_finite and not len(candidates.high):
        raise StudyError(
            "natural: its activation is not finite (NaN or infinite) for every image of the pool; "
            "choose another unit in the study file"
        )
    chosen: dict[tuple[str, int, int], int] = {}
    seen: list[set[str]] = [set() for _ in range(batches)]
    taken: set[int] = set()
    poles = (
        ("max", candidates.high, candidates.high_queries, range(bins - 1, -1, -1)),
        ("min", candidates.low, candidates.low_queries, range(bins)),
    )
    # From the outermost bin inwards, so that a passed-over image costs the least extreme bin.
    for pole, ranked, queries, ranks in poles:
        for place, rank in enumerate(ranks):
            pool = rng.permutation(queries) if place == 0 and queries is not None else ranked
            members = _next_bin(pool, taken, photographs, seen)
            if len(members) < batches:
                raise _too_few(candidates, pool, photographs, batches)
            for batch, image in _deal(members, photographs, seen, rng):
                chosen[pole, batch, rank] = image
                taken.add(image)
                seen[batch].add(photographs[image])
    return chosen


def all_images(candidates: Candidates) -> np.ndarray:
    """Places in the pool of all candidates, each once."""
    parts = (candidates.high, candidates.low, candidates.high_queries, candidates.low_queries)
    return np.unique(np.concatenate([part for part in parts if part is not None]))


def _next_bin(
    ranked: np.ndarray, taken: set[int], photographs: dict[int, str], seen: list[set[str]]
) -> list[int]:
    members: list[int] = []
    for image in ranked:
        if int(image) in taken:
            continue
        if _fits([*members, int(image)], photographs, seen):
            members.append(int(image))
        if len(members) == len(seen):
            break
    return members


def _too_few(
    candidates: Candidates, ranked: np.ndarray, photographs: dict[int, str], batches: int
) -> StudyError:
    what = (
        f"natural: the {len(ranked)} candidates (of {len(set(photographs.values()))} photographs) "
        f"are too few for {batches} batches without a photograph twice in a batch"
    )
    advice = "use a larger pool, fewer batches or fewer bins"
    if not candidates.not_finite:
        return StudyError(f"{what}; {advice}")
    more = " or more" if candidates.not_finite == LISTED else ""
    return StudyError(
        f"{what}: for {candidates.not_finite}{more} images of the pool its activation is not "
        f"finite (NaN or infinite), and those are not shown; choose another unit in the study "
        f"file, or {advice}"
    )


def _fits(members: list[int], photographs: dict[int, str], seen: list[set[str]]) -> bool:
    """Whether all members can go to different batches, none to one that has its photograph."""
    cost = _conflicts(members, photographs, seen)
    rows, columns = linear_sum_assignment(cost)
    return not cost[rows, columns].any()


def _conflicts(members: list[int], photographs: dict[int, str], seen: list[set[str]]) -> np.ndarray:
    return np.array([[float(photographs[image] in batch) for batch in seen] for image in members])


def _deal(
    members: list[int], photographs: dict[int, str], seen: list[set[str]], rng: np.random.Generator
) -> list[tuple[int, int]]:
    # With random costs and no conflict every permutation is equally likely.
    cost = rng.random((len(members), len(seen)))
    cost += _conflicts(members, photographs, seen) * len(members) * 2
    rows, columns = linear_sum_assignment(cost)
    return [(int(batch), members[row]) for row, batch in zip(rows, columns, strict=True)]
