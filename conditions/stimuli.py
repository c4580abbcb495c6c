"""The table of stimuli as it is read: also one from before studies named their kinds."""

import pandas as pd

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.kinds.kind import QUERIES
from conditions.tables.files import read_table
from conditions.tables.stimuli import STIMULI


def read_stimuli(folder: StudyFolder) -> pd.DataFrame:
    """All images of a study; columns of :data:`conditions.tables.stimuli.STIMULI`.

    A table from before studies named their kinds, which had the name in the column ``kind``, is
    completed.

    Raises
    ------
    StudyError
        Where the table is missing, does not fit, or has images of a kind that the study has not.
    """
    stimuli = read_table(folder.stimuli_table, STIMULI)
    references = folder.study.references
    if stimuli["name"].isna().any():
        earlier = stimuli["name"].isna()
        stimuli["name"] = stimuli["name"].where(~earlier, stimuli["kind"])
        kinds = {name: kind.kind for name, kind in references.items()}
        stimuli["kind"] = stimuli["kind"].where(~earlier, stimuli["name"].map(kinds))
        # It was the first word of the source.
        made = [n for n, kind in references.items() if not kind.follows_batches(references)]
        method = stimuli["source"].str.partition(",")[0].where(stimuli["name"].isin(made), None)
        stimuli["method"] = stimuli["method"].where(~earlier, method)
    unknown = sorted(set(stimuli["name"]) - set(references) - {QUERIES})
    if unknown:
        raise StudyError(
            f"{folder.stimuli_table}: found images of {', '.join(unknown)}, wanted those of the "
            f"study's references: {', '.join(references)}"
        )
    return stimuli
