"""Sets of visualisations against the natural images that a study has by now."""

import numpy as np
import pandas as pd

from conditions.folder import StudyFolder
from stimgen.synthetic.judged.quality import natural_levels
from stimgen.synthetic.judged.report import KEY, fill_in_report, read_report


def compare_sets(folder: StudyFolder, name: str, stimuli: pd.DataFrame) -> int:
    """Fill in how the sets of a kind compare with the natural images of their units.

    These may be made after visualisations, or others since.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    name : str
        The study's name of the kind.
    stimuli : DataFrame
        Its table of stimuli, as it is now.

    Returns
    -------
    int
        How many rows of the report are others than before.
    """
    levels = natural_levels(stimuli, folder.study.photographs)
    report, others = read_report(folder), []
    for row in report[report["name"] == name].to_dict("records"):
        natural = levels.get((row["unit"], row["pole"]))
        if natural is None:
            continue
        known = (row["natural_mean"], row["natural_most"])
        if not np.allclose(known, (natural.mean, natural.most), rtol=1e-6, atol=0):
            key = {column: row[column] for column in KEY}
            others.append(key | natural.compared(row["weakest"], row["pole"]))
    if others:
        fill_in_report(folder, others)
    return len(others)
