"""Questions of a study, their units and populations in words."""

from dataclasses import dataclass

from analysis.data.measures import ACCURACY, RT
from analysis.statistics.inference.crossed import PARTICIPANTS
from analysis.statistics.results import Results
from analysis.wording import measure_word, number, signed
from analysis.writing.page_table import Row, records
from conditions.study.asked.questions import CHANCE, INTERACTION, LAYERS, LEARNING


@dataclass(frozen=True)
class Unit:
    """How values of a measure are told."""

    scale: float
    digits: int
    value: str
    difference: str
    short: str


_POINTS = Unit(100, 1, " %", " percentage points", " points")
_UNITS = {ACCURACY.name: _POINTS, RT.name: Unit(1, 2, " s", " s", " s")}
_PLAIN = Unit(1, 2, "", "", "")


def asked(result: Results, role: str) -> list[Row]:
    """Rows of the table of questions, primary or secondary."""
    table = result.table("questions")
    return records(table[table["role"] == role])


def sides(row: Row, conditions: list[str]) -> tuple[str, str]:
    """The two conditions of a comparison; their names may hold what stands between them."""
    if row["question"] == CHANCE:
        return str(row["comparison"]).removesuffix(f" - {CHANCE}"), CHANCE
    parts = str(row["comparison"]).split(" - ")
    splits = [(" - ".join(parts[:i]), " - ".join(parts[i:])) for i in range(1, len(parts))]
    met = [pair for pair in splits if set(pair) <= set(conditions)]
    return (met or splits)[0]


def question_words(row: Row, conditions: list[str]) -> str:
    """A question in words."""
    first, second = sides(row, conditions)
    if row["question"] == INTERACTION:
        many, few = str(row["scheme"]).split(" - ", 1)
        return f"Does {first} − {second} depend on the scheme? {many} minus {few}"
    if row["question"] == LEARNING:
        return f"Does accuracy change from block to block? Mean of {first} and {second}"
    if row["question"] == LAYERS:
        return f"Does {first} − {second} change from layer to layer?"
    return f"{measure_word(row['measure']).capitalize()}: {first} against {second}"


def population(row: Row) -> str:
    """For whom a row of the table holds."""
    if row["over"] == PARTICIPANTS:
        units = "this unit" if row["n_units"] == 1 else f"these {row['n_units']} units"
        return f"other people and {units}"
    return "other people and other units like these"


def unit_of(row: Row) -> Unit:
    """How the values of a row are told."""
    return _UNITS.get(row["measure"], _PLAIN)


def told(row: Row, side: str) -> str:
    """The first or second value of a row with its unit: a mean, or a difference of two."""
    value, unit = row[side], unit_of(row)
    if value is None:
        return "–"
    if row["question"] == INTERACTION:
        return f"{signed(unit.scale * value, unit.digits)}{unit.short}"
    return f"{number(unit.scale * value, unit.digits)}{unit.value}"


def difference(row: Row) -> str:
    """The difference of a row with its sign and unit."""
    unit = unit_of(row)
    return f"{signed(unit.scale * row['difference'], unit.digits)}{unit.difference}"


def difference_with_interval(row: Row) -> str:
    """The difference with its interval and population."""
    return f"{difference(row)} ({interval(row)})"


def interval(row: Row) -> str:
    """The interval of a difference with its population, or why there is none."""
    if row["ci_low"] is None:
        return f"no interval; {row['remark'] or 'it is not defined'}"
    unit = unit_of(row)
    low, high = (signed(unit.scale * row[end], unit.digits) for end in ("ci_low", "ci_high"))
    return f"95 % interval {low} to {high}, for {population(row)}"


def deciding(rows: list[Row]) -> Row:
    """The row of the population that decides the question."""
    return next((row for row in rows if row["decides"]), rows[0])
