"""The ranking of a study's kinds in words and files."""

from pathlib import Path
from typing import Any

import numpy as np

from analysis.data.kinds import Kinds
from analysis.data.measures import CONFIDENCE, RT
from analysis.figures import ranking as figure
from analysis.figures.style.drawing import styled
from analysis.statistics.inference.crossed import BOTH, PARTICIPANTS, UNITS
from analysis.statistics.ranking.needed import SIMULATIONS, WANTED_POWER
from analysis.statistics.ranking.ranked import ALPHA, Ranking
from analysis.statistics.ranking.table import NO, PEOPLE, RANKING_TABLE, UNDECIDED
from analysis.wording import (
    counted,
    listed,
    number,
    p_value,
    percent,
    signed,
    with_condition,
)
from analysis.writing.page import write_figure
from conditions.files import write_text
from conditions.study.kinds.kind import NONE
from conditions.tables.files import write_table

_UNITS = {RT.name: " s", CONFIDENCE.name: ""}
_COMPARED = (
    "Kinds of reference images are compared by differences of cells, the means of a participant on "
    "a unit, over the cells that both kinds have. Participants and units are taken as random "
    "samples (variance components by the method of moments, quasi-F as in Clark 1973, degrees of "
    "freedom after Satterthwaite): 95 % intervals and tests speak of other people and other units, "
    "where there is more than one of each. Participants who share images are taken as independent. "
    "Intervals are not corrected for the number of kinds; "
    "tests are, by Holm's method, and better or worse is said where p is then below "
    f"{ALPHA:g}."
)
_SIZE = (
    " How large a study would have to be: the smallest that finds a difference as large as the one "
    f"found here in {percent(WANTED_POWER, 0)} % of {SIMULATIONS} simulated studies, participants "
    "and units drawn anew with the spread estimated here, at the level of the first step of Holm's "
    "method. The difference itself is known no better than its interval."
)
_MACHINES = (
    " Of machine observers, accuracy is the mean probability of the correct answer, and sets of "
    "images stand in for participants."
)
_WORDS = {RT.name: "reaction time", CONFIDENCE.name: "confidence"}


def ranking_sentences(ranking: Ranking) -> list[str]:
    """A paragraph an observer and kind, from the most accurate down; then how they were found."""
    paragraphs = [
        _paragraph(ranking, observer, row)
        for observer in ranking.observers
        for row in ranked_rows(ranking, observer)
    ]
    return [*paragraphs, ranking_method(ranking)]


def ranking_method(ranking: Ranking) -> str:
    """How the numbers of the ranking were found."""
    text = _COMPARED + _schemes(ranking)
    if ranking.table["would_take"].notna().any():
        text += _SIZE
    if any(name != PEOPLE for name in ranking.observers):
        text += _MACHINES
    return text


def _schemes(ranking: Ranking) -> str:
    """What kinds differ in besides, where a study shows them with schemes of their own."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for name, schemes in ranking.schemes.items():
        kinds.setdefault(schemes, []).append(name)
    if len(kinds) < 2:
        return ""
    shown = "; ".join(f"{listed([*schemes])}: {listed(names)}" for schemes, names in kinds.items())
    return (
        f" Not all kinds were shown with the same schemes ({shown}): where two differ in them, "
        "what is found is a difference of kinds and schemes together."
    )


def write_ranking(
    ranking: Ranking, kinds: Kinds, out: Path, remarks: tuple[str, ...] = ()
) -> list[str]:
    """Write table, figure and text; earlier ones are replaced.

    Returns
    -------
    list of str
        The paragraphs of the text.
    """
    write_table_and_figure(ranking, kinds, out / "ranking.csv", out / "ranking.png")
    sentences = ranking_sentences(ranking)
    write_text(out / "ranking.txt", "\n\n".join([*sentences, *remarks]) + "\n")
    return sentences


def write_table_and_figure(ranking: Ranking, kinds: Kinds, table: Path, image: Path) -> bytes:
    """Write both, and return the figure as PNG."""
    levels = {"condition": (*ranking.kinds, NONE)}
    write_table(ranking.table, RANKING_TABLE.with_levels(levels), table)
    with styled():
        return write_figure(figure.draw(ranking, kinds), image)


def ranked_rows(ranking: Ranking, observer: str) -> list[dict[str, Any]]:
    """Rows of an observer's accuracy, from the most accurate kind down."""
    rows = ranking.rows(observer).sort_values("place", kind="stable", na_position="last")
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _paragraph(ranking: Ranking, observer: str, row: dict[str, Any]) -> str:
    condition, baseline = str(row["condition"]), ranking.baseline
    place = "" if np.isnan(row["place"]) else f"{int(row['place'])}. "
    text = (
        f"{observer.capitalize() if observer == PEOPLE else observer}, {place}{condition}: "
        f"{percent(row['mean'])} % correct"
    )
    if not np.isnan(row["mean_low"]):
        text += f" (95 % interval {percent(row['mean_low'])} to {percent(row['mean_high'])} %)"
    text += f", {_sample(row, observer)}."
    if condition == NONE:
        return text
    if condition != baseline and np.isnan(row["baseline_difference"]):
        text += f" Not compared with {baseline}: nobody has answered a unit with both."
    elif condition != baseline:
        text += f" Against {baseline}: {_difference(row, 'baseline')}."
        text += f" Better than {baseline}: {_verdict(row, observer)}."
    if not np.isnan(row["none_difference"]):
        text += f" Against {NONE}: {_difference(row, 'none')}."
    if others := _others(ranking, observer, condition):
        text += f" Compared {with_condition(baseline)}: {listed(others)}."
    return text


def _sample(row: dict[str, Any], observer: str) -> str:
    people = "participant" if observer == PEOPLE else "set of images"
    people = counted(int(row["n_participants"]), people).replace("set of imagess", "sets of images")
    return f"{people}, {counted(int(row['n_units']), 'unit')}"


def _difference(row: dict[str, Any], prefix: str) -> str:
    points = f"{signed(100 * row[f'{prefix}_difference'], 1)} points"
    if np.isnan(row[f"{prefix}_low"]):
        return f"{points}, without an interval: all cells are the same, or there is only one"
    text = (
        f"{points} (95 % interval {signed(100 * row[f'{prefix}_low'], 1)} to "
        f"{signed(100 * row[f'{prefix}_high'], 1)}, t({row[f'{prefix}_df']:.1f}) = "
        f"{number(row[f'{prefix}_t'])}, p {p_value(row[f'{prefix}_p'])}"
    )
    if row[f"{prefix}_p_holm"] != row[f"{prefix}_p"]:
        text += f", after Holm p {p_value(row[f'{prefix}_p_holm'])}"
    over = row[f"{prefix}_over"]
    return f"{text})" if over == BOTH else f"{text}; over {over} alone)"


def _verdict(row: dict[str, Any], observer: str) -> str:
    if row["better"] == NO:
        return f"{NO}, worse"
    if row["better"] != UNDECIDED:
        return str(row["better"])
    if row["baseline_over"] == PARTICIPANTS:
        return f"{UNDECIDED}, as one unit says nothing of others"
    if row["baseline_over"] == UNITS:
        who = "participant" if observer == PEOPLE else "set of images"
        return f"{UNDECIDED}, as one {who} says nothing of others"
    took = row["would_take"]
    return f"{UNDECIDED}, would take {took}" if isinstance(took, str) else UNDECIDED


def _others(ranking: Ranking, observer: str, condition: str) -> list[str]:
    """Reaction time and confidence against the baseline."""
    parts = []
    for measure, unit in _UNITS.items():
        rows = ranking.rows(observer, measure)
        rows = rows[(rows["condition"] == condition) & rows["baseline_difference"].notna()]
        for row in rows.to_dict("records"):
            part = f"{_WORDS[measure]} {signed(row['baseline_difference'], 2)}{unit}"
            if not np.isnan(row["baseline_low"]):
                part += (
                    f" ({signed(row['baseline_low'], 2)} to {signed(row['baseline_high'], 2)}, "
                    f"after Holm p {p_value(row['baseline_p_holm'])})"
                )
            parts.append(part)
    return parts
