"""Which sets a researcher should look at, from their rows in the report; empty cells say nothing.

Rows are named tuples or anything else with the report's columns as attributes.
"""

from typing import Any

import pandas as pd

from conditions.commands.command_line import console
from conditions.folder import StudyFolder
from stimgen.synthetic.judged.report import read_report
from stimgen.wording import named

# 95 % of sets of photographs stay below.
MOST_AT_BORDER = 1.0
# Ten times the median photograph's: the embedded photographs reach 9.6 times, and a set of ten of
# them 3.7 times. MACO's images, which have photographs' spectrum, have 0.9 to 3.3 times as much,
# Fourier images 2 to 17 times; above ten are those of low layers that show a grain of pixels.
MOST_FINE_DETAIL = 10.0
# Images that differ (1 − similarity) less than half as much as natural ones are variants of one.
LEAST_DIFFERENCE = 0.5


def loses(row: Any) -> bool:
    """Whether the weakest image is less extreme than the most extreme natural one."""
    return not pd.isna(row.beats_natural) and not row.beats_natural


def is_unlike_at_border(row: Any) -> bool:
    """Whether the images have something in common at their borders, as photographs have not."""
    return row.border_index > MOST_AT_BORDER


def is_grainy(row: Any) -> bool:
    """Whether the images have far more fine detail than photographs."""
    return row.high_frequencies > MOST_FINE_DETAIL


def is_alike(row: Any) -> bool:
    """Whether the images differ from one another less than half as much as natural ones."""
    return 1 - row.similarity < LEAST_DIFFERENCE * (1 - row.natural_similarity)


def tell_poor_sets(folder: StudyFolder, name: str) -> None:
    """Name the sets of a kind that lose, or have borders unlike photographs, on the console."""
    report = read_report(folder)
    own = report[report["name"] == name]
    rows = list(own.itertuples())
    losing = [f"{row.unit} {row.pole}" for row in rows if loses(row)]
    if losing:
        console.print(
            f"warning: in {len(losing)} of {len(rows)} sets of {name} the weakest image is less "
            f"extreme than the most extreme natural one: {', '.join(losing)} (see "
            f"{folder.synthetic_report})"
        )
    judged = int(own["border_index"].notna().sum())
    unlike = [f"{row.unit} {row.pole}" for row in rows if is_unlike_at_border(row)]
    if unlike:
        console.print(
            f"warning: in {len(unlike)} of {judged} sets of {name} the borders of the images have "
            f"something in common that photographs have not: {named(unlike)} (border_index above "
            f"{MOST_AT_BORDER:g} in {folder.synthetic_report}; so it is with 5 % of sets of "
            "photographs); look at them in the preview"
        )
