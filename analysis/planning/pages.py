"""Write what is known before and after a study: power, and machines against people."""

from pathlib import Path

import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.machine import Machine
from analysis.figures.planning import comparison as comparison_figure
from analysis.figures.planning import power as power_figure
from analysis.figures.style.drawing import styled
from analysis.planning.machines.comparison import (
    comparison_sentences,
    comparison_table,
    pairs_table,
)
from analysis.planning.machines.tables import COMPARISON_TABLE, PAIRS_TABLE
from analysis.planning.power.table import POWER_TABLE
from analysis.writing.page import write_figure
from conditions.files import write_text
from conditions.tables.files import write_table


def write_power(
    table: pd.DataFrame, over: str, paragraphs: list[str], out: Path, name: str = "power"
) -> None:
    """Write table, figure and text of a power simulation; earlier ones are replaced.

    Parameters
    ----------
    table : DataFrame
        Columns of :data:`analysis.planning.power.table.POWER_TABLE`.
    over : str
        Which tests the figure shows.
    paragraphs : list of str
        The text.
    out : Path
        Folder.
    name : str
        Of the text's file.
    """
    write_table(table, POWER_TABLE, out / "power.csv")
    with styled():
        write_figure(power_figure.draw(table[table["over"] == over]), out / "power.png")
    write_text(out / f"{name}.txt", "\n\n".join(paragraphs) + "\n")


def write_comparison(machines: list[Machine], people: Dataset, out: Path) -> list[str]:
    """Write tables, figure and text of machines against people; earlier ones are replaced.

    Returns
    -------
    list of str
        The sentences of the text.
    """
    table, pairs = comparison_table(machines, people), pairs_table(machines, people)
    write_table(table, COMPARISON_TABLE, out / "comparison.csv")
    write_table(pairs, PAIRS_TABLE, out / "units.csv")
    with styled():
        write_figure(comparison_figure.draw(pairs, table, people.kinds), out / "comparison.png")
    sentences = comparison_sentences(table)
    write_text(out / "comparison.txt", "\n".join([*sentences, *people.remarks]) + "\n")
    return sentences
