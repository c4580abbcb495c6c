"""What the page knows of one participant: the condition file as it is, and the draws of repeats."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from conditions.check import images_of
from conditions.study.study import Study
from conditions.tables.condition_file import CONDITION_FILE
from conditions.tables.files import table_sha256
from experiment.web.repeats import repeat_draws


def participant_contents(
    study: Study, participant: int, trials: pd.DataFrame, names: Mapping[str, str]
) -> dict[str, Any]:
    """Content of ``participant-NNN.json``.

    Parameters
    ----------
    study, participant, trials
        Whose condition file it is.
    names : mapping
        Names of image files, without ending, by path in the study folder.
    """
    return {
        "participant": participant,
        "conditions_sha256": table_sha256(trials, CONDITION_FILE),
        "rows": rows_of(trials),
        "repeats": repeat_draws(study, participant, trials),
        "images": {path: names[path] for path in images_of(trials)},
    }


def rows_of(trials: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a condition file in values of JSON: empty cells are None."""
    columns = [column for column in CONDITION_FILE.columns if column.name in trials]
    as_type = {"int": int, "float": float, "bool": bool, "str": str}
    return [
        {
            column.name: None if pd.isna(value) else as_type[column.kind](value)
            for column, value in zip(columns, row, strict=True)
        }
        for row in trials[[column.name for column in columns]].itertuples(index=False)
    ]
