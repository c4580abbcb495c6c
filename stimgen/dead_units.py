"""Dead units: constant over the pool, so that nobody can predict what drives them."""

from collections.abc import Mapping

from conditions.commands.command_line import console
from conditions.folder import StudyFolder
from conditions.tables.files import read_table
from conditions.tables.stimuli import POOL
from stimgen.wording import named

# The last digits of an activation depend on how images were put into batches.
CONSTANT = 1e-6


def is_dead(pool: Mapping) -> bool:
    """Whether a unit is constant over the pool, from its row of the table ``pool``.

    One that is so over the pool's sample alone is dead too: hardly an image drives it.
    """
    return is_constant(pool["min"], pool["max"]) or not pool["sd"] > 0


def is_constant(least: float, most: float) -> bool:
    """Whether the lowest and the highest activation are the same but for rounding."""
    return most - least <= CONSTANT * max(abs(least), abs(most))


def warn_of_dead_units(folder: StudyFolder) -> None:
    """Name the study's dead units on the console, if its pool has been scanned."""
    if not folder.pool_table.exists():
        return
    dead = [row for row in read_table(folder.pool_table, POOL).to_dict("records") if is_dead(row)]
    if len(dead) == 1:
        console.print(
            f"warning: unit {dead[0]['unit']} gives {_level(dead[0])} for {_images(dead)} of the "
            "pool: a dead unit, which nobody can predict; choose another in the study file"
        )
    elif dead:
        names = named(f"{row['unit']} ({_level(row)})" for row in dead)
        console.print(
            f"warning: {len(dead)} units give the same for {_images(dead)} of the pool: {names}; "
            "dead units, which nobody can predict; choose others in the study file"
        )


def _level(pool: Mapping) -> str:
    # No minus sign before a zero.
    return f"{pool['median'] + 0.0:.3g}"


def _images(dead: list) -> str:
    constant = all(is_constant(row["min"], row["max"]) for row in dead)
    return "every image" if constant else "nearly every image"
