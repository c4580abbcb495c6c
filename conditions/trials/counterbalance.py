"""Which participant gets what: order of parts and conditions, units a block, batch."""

from collections.abc import Iterable

import numpy as np

from conditions.study.parts import Condition, Part
from conditions.study.study import Study
from conditions.trials.orders import order_at

PRACTICE_BATCH = 0


def part_order(study: Study, participant: int) -> list[Part]:
    """The parts of a participant's session, in order."""
    if not study.part_orders:
        return list(study.parts)
    parts = {part.name: part for part in study.parts}
    order = study.part_orders[(participant - 1) % len(study.part_orders)]
    return [parts[name] for name in order]


def condition_order(part: Part, participant: int) -> list[Condition]:
    """Order in which a participant meets the conditions of a part, see :func:`order_at`."""
    every = participants_an_order(part)
    if every is None:
        return list(part.conditions)
    return order_at(part.order, part.conditions, (participant - 1) // every)


def participants_an_order(part: Part) -> int | None:
    """After how many participants the order of a part's conditions is another one.

    None where all participants have the order of the study file: with ``rotate`` it moves on only
    where ``rotate_every`` says when.
    """
    return part.rotate_every or (None if part.order == "rotate" else 1)


def batch_of(study: Study, condition: Condition, participant: int) -> int:
    """Batch of natural images for a participant's main trials in a condition.

    Returns
    -------
    int
        1 … batches − 1; batch 0 is kept for practice and catch trials.
    """
    rule = study.batches
    turn = (participant - 1) // rule.every
    batch = rule.offset.get(condition, 0) + rule.step * turn
    return batch % (study.natural.batches - 1) + 1


def batches_shown(study: Study, role: str) -> range:
    """Batches of natural images in which units of a role may be shown."""
    return range(PRACTICE_BATCH + 1, study.natural.batches) if role == "main" else range(1)


def unit_block_of(study: Study, part: Part, participant: int) -> str | None:
    """Block of main units that a participant meets in a part; None where the study has no rule."""
    if not study.unit_blocks:
        return None
    return study.unit_blocks[(participant - 1) % len(study.unit_blocks)][part.name]


def block_sizes(parts: Iterable[Part], n_units: int, participant: int) -> list[int]:
    """Main trials in each block of a condition, over its parts in the order of the study file.

    Units that are left over go one each to the blocks from number (participant − 1) mod blocks on.
    """
    sizes = [part.main for part in parts for _ in range(part.blocks)]
    for extra in range(n_units - sum(sizes)):
        sizes[(participant - 1 + extra) % len(sizes)] += 1
    return sizes


def deal_units(units: list[str], sizes: list[int], rng: np.random.Generator) -> list[list[str]]:
    """Shuffle the units and deal them to blocks of the given sizes, each unit once."""
    shuffled = [units[i] for i in rng.permutation(len(units))]
    ends = np.cumsum(sizes)
    return [shuffled[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def deal_practice_lists(
    study: Study, units: list[str], rng: np.random.Generator
) -> dict[tuple[str, Condition], list[str]]:
    """Practice units of each (part, condition): fixed lists, assigned at random.

    Lists are cut from the study's practice units in their order, as long as the longest
    practice; a shorter practice uses the first units of its list.
    """
    wanted = {
        (part.name, condition): part.practice
        for part in study.parts
        for condition in part.conditions
        if part.practice
    }
    length = max(wanted.values(), default=0)
    lists = [units[i * length : (i + 1) * length] for i in range(len(wanted))]
    order = rng.permutation(len(lists))
    return {key: lists[i][:count] for (key, count), i in zip(wanted.items(), order, strict=True)}
