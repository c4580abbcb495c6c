"""The table of units: what the study names, checked against the model."""

import pandas as pd

from conditions.folder import StudyFolder
from conditions.study import Study
from conditions.tables import UNITS, read_table, write_table
from conditions.unit_table import unit_table
from stimgen.models import Model


def units_of(study: Study, model: Model) -> pd.DataFrame:
    """The study's units, each known to exist in the model.

    Returns
    -------
    DataFrame
        Rows of the table of units.

    Raises
    ------
    StudyError
        Where the model has no such layer or channel: lists what exists.
    """
    table = unit_table(study)
    for unit in table.itertuples():
        model.check_unit(unit.layer, int(unit.channel))
    return table


def ensure_units(folder: StudyFolder, model: Model) -> pd.DataFrame:
    """The table of units, written where it is missing."""
    if not folder.units_table.exists():
        write_table(units_of(folder.study, model), UNITS, folder.units_table)
    return read_table(folder.units_table, UNITS)
