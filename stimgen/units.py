"""The table of units: what the study names, checked against the model."""

import pandas as pd

from conditions.folder import StudyFolder
from conditions.tables.files import write_table
from conditions.tables.stimuli import UNITS
from conditions.units.table import units_for
from stimgen.models import Model


def ensure_units(folder: StudyFolder, model: Model) -> pd.DataFrame:
    """The table of units, written where it is missing.

    Raises
    ------
    StudyError
        Where the model has no such layer or channel: lists what exists.
    """
    table = units_for(folder)
    for unit in table.to_dict("records"):
        model.check_unit(unit["layer"], int(unit["channel"]))
    if not folder.units_table.exists():
        write_table(table, UNITS, folder.units_table)
    return table
