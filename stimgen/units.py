"""The table of units: what the study names, checked against the model."""

import pandas as pd

from conditions.folder import StudyFolder
from conditions.tables.files import write_table
from conditions.tables.stimuli import UNITS
from conditions.units.table import units_for
from stimgen.models.model import Model


def checked_units(folder: StudyFolder, model: Model) -> pd.DataFrame:
    """The table of units, checked against the model; writes nothing.

    Raises
    ------
    StudyError
        Where the model has no such layer or channel: lists what exists.
    """
    table = units_for(folder)
    for unit in table.to_dict("records"):
        model.check_unit(unit["layer"], int(unit["channel"]))
    return table


def write_units(folder: StudyFolder, table: pd.DataFrame) -> None:
    """Begin the study folder, and write its table of units where that is missing."""
    folder.begin()
    if not folder.units_table.exists():
        write_table(table, UNITS, folder.units_table)
