"""All trials of one participant: everything that chance decides, decided."""

from collections.abc import Iterator

import numpy as np

from conditions.errors import StudyError
from conditions.seeds import named_rng
from conditions.study.kinds.kind import NONE, Images
from conditions.study.parts import Condition, Part, parse_scheme
from conditions.study.study import Study
from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from conditions.trials.counterbalance import (
    PRACTICE_BATCH,
    batch_of,
    block_sizes,
    deal_practice_lists,
    deal_units,
    unit_block_of,
)
from conditions.trials.course import planned_blocks
from conditions.trials.references import queries, references, side_by_side
from conditions.trials.sides import Row, balanced
from conditions.units.roster import Roster


def participant_trials(study: Study, roster: Roster, participant: int) -> list[Row]:
    """All trials of one participant in order of presentation, repeats left out.

    Parameters
    ----------
    study : Study
        The design.
    roster : Roster
        Its units.
    participant : int
        From 1; the result depends on nothing but these three.

    Returns
    -------
    list of dict
        One a trial; empty columns of :data:`conditions.tables.condition_file.CONDITION_FILE` are
        left out.
    """
    placed = list(_session(study, roster, participant))
    if study.sides == "balanced":
        placed = balanced(placed, study.seed, participant)
    session = [row | {"trial": trial} for trial, row in enumerate(placed)]
    rated = {
        moment: list(_intuitiveness(study, roster, participant, moment))
        for moment in study.intuitiveness
    }
    # Their numbers come after all others, so that main trials and repeats count from 0 as in the
    # released data.
    number = len(session) + study.n_repeats
    for rows in rated.values():
        for row in rows:
            row["trial"] = number
            number += 1
    trials = rated.get("beginning", []) + session + rated.get("end", [])
    return [row | roster.facts[str(row["unit"])] for row in trials]


def _session(study: Study, roster: Roster, participant: int) -> Iterator[Row]:
    practice = _practice_units(study, roster, participant)
    main = _main_units(study, roster, participant)
    for number, block in enumerate(planned_blocks(study, participant)):
        part, condition = block.part, block.condition
        if block.turn is None:
            rng = _rng(study, participant, f"{part.name}/{condition}/practice")
            units = practice[part.name, condition]
            for i in rng.permutation(len(units)):
                row = _trial(study, part, condition, units[i], PRACTICE_BATCH, rng)
                yield row | {"phase": "practice", "block": number}
            continue
        rng = _rng(study, participant, f"{part.name}/{condition}/block {block.turn}")
        batch = batch_of(study, condition, participant)
        shown = main[part.name, condition, block.turn]
        rows = [_trial(study, part, condition, unit, batch, rng) for unit in shown]
        for unit in _catch_units(study, roster, part, shown, rng):
            rows.append(_catch_trial(study, part, condition, unit, rng))
        for i in rng.permutation(len(rows)):
            yield rows[i] | {"phase": "main", "block": number}


def _intuitiveness(study: Study, roster: Roster, participant: int, moment: str) -> Iterator[Row]:
    rng = _rng(study, participant, f"intuitiveness/{moment}")
    units = roster.of("intuitiveness")
    for i in rng.permutation(len(units)):
        shown = side_by_side(study, units[i], PRACTICE_BATCH, rng)
        (left, on_left), (right, on_right) = shown.items()
        yield {
            "phase": "intuitiveness",
            "n_references": len(on_left),
            "catch": False,
            "unit": units[i],
            "left_title": left,
            "right_title": right,
            **dict(zip(LEFT_COLUMNS, on_left, strict=False)),
            **dict(zip(RIGHT_COLUMNS, on_right, strict=False)),
        }


def _rng(study: Study, participant: int, what: str) -> np.random.Generator:
    return named_rng(study.seed, f"participant-{participant:03d}/{what}")


def _practice_units(
    study: Study, roster: Roster, participant: int
) -> dict[tuple[str, Condition], list[str]]:
    if study.practice.draw == "lists":
        rng = _rng(study, participant, "practice lists")
        return deal_practice_lists(study, roster.of("practice"), rng)
    drawn = {}
    for part in study.parts:
        for condition in part.conditions:
            units = roster.of("practice", study.practice.blocks.get(condition))
            rng = _rng(study, participant, f"{part.name}/{condition}/practice units")
            drawn[part.name, condition] = _draw(units, part.practice, rng)
    return drawn


def _main_units(
    study: Study, roster: Roster, participant: int
) -> dict[tuple[str, str, int], list[str]]:
    """Units of each (part, condition, turn): every condition shows each of its units once."""
    deals: list[tuple[list[Part], Condition, str | None, str]] = []
    if study.unit_blocks:
        for part in study.parts:
            block = unit_block_of(study, part, participant)
            deals += [([part], c, block, f"{part.name}/{c}/units") for c in part.conditions]
    else:
        for condition in study.conditions:
            parts = [part for part in study.parts if condition in part.conditions]
            deals.append((parts, condition, None, f"{condition}/units"))
    dealt: dict[tuple[str, str, int], list[str]] = {}
    for parts, condition, block, name in deals:
        units = roster.of("main", block)
        keys = [(part.name, condition, turn) for part in parts for turn in range(part.blocks)]
        sizes = block_sizes(parts, len(units), participant)
        rng = _rng(study, participant, name)
        dealt |= zip(keys, deal_units(units, sizes, rng), strict=True)
    return dealt


def _catch_units(
    study: Study, roster: Roster, part: Part, shown: list[str], rng: np.random.Generator
) -> list[str]:
    if not part.catch:
        return []
    units = roster.catch_like(shown) if study.matched_catch else roster.catch
    if part.catch > len(units):
        raise StudyError(
            f"matched_catch: {part.catch} catch trials in a block of part {part.name} need as many "
            f"catch units of the layers and branches that it shows; there are {len(units)}"
        )
    return _draw(units, part.catch, rng)


def _draw(units: list[str], count: int, rng: np.random.Generator) -> list[str]:
    return [units[i] for i in rng.permutation(len(units))[:count]]


def _trial(
    study: Study, part: Part, condition: str, unit: str, batch: int, rng: np.random.Generator
) -> Row:
    shown: Images = {}
    if condition != NONE:
        shown = references(study, part, condition, unit, batch, rng)
    row = _row(part, condition, unit, batch, shown, queries(study, part, unit, batch), rng)
    return row | {"catch": False}


def _catch_trial(
    study: Study, part: Part, condition: str, unit: str, rng: np.random.Generator
) -> Row:
    shown = references(study, part, condition, unit, PRACTICE_BATCH, rng)
    copies = {pole: images[rng.integers(len(images))] for pole, images in shown.items()}
    row = _row(part, condition, unit, PRACTICE_BATCH, shown, copies, rng)
    return row | {"catch": True}


def _row(
    part: Part,
    condition: str,
    unit: str,
    batch: int,
    shown: Images,
    asked: dict[str, str],
    rng: np.random.Generator,
) -> Row:
    poles, count = parse_scheme(part.scheme)
    upper, lower = ("max", "min") if rng.random() < 0.5 else ("min", "max")
    row: Row = {
        "condition": condition,
        "scheme": part.scheme if shown else None,
        "n_references": count if shown else 0,
        "unit": unit,
        "batch": batch,
        "upper": asked[upper],
        "lower": asked[lower],
        "correct_response": "upper" if upper == "max" else "lower",
    }
    for pole, side, columns in (("min", "left", LEFT_COLUMNS), ("max", "right", RIGHT_COLUMNS)):
        if shown and pole in poles:
            row[f"{side}_title"] = pole
            row |= zip(columns, shown[pole], strict=False)
    return row
