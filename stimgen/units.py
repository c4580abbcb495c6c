"""The table of units: what the study names, checked against the model."""

import pandas as pd

from conditions.folder import StudyFolder
from conditions.study import Study
from conditions.tables import UNITS, write_table
from conditions.unit_table import unit_table, units_for
from stimgen.models import Model


def units_of(study: Study, model: Model) -> pd.DataFrame:
    """The study's units with their layers and branches.

    Returns
    -------
    DataFrame
        Rows of the table of units.

    Raises
    ------
    StudyError
        Where the model has no such layer or channel: lists what exists.
    """
    units = unit_table(study)
    found = [model.check_unit(u.layer, u.channel) for u in units.itertuples()]
    return units.assign(
        branch=[
            layer.branch_of(channel) for layer, channel in zip(found, units["channel"], strict=True)
        ]
    )


def ensure_units(folder: StudyFolder, model: Model) -> pd.DataFrame:
    """The table of units, written where it is missing; what is there must be the study's."""
    if not folder.units_table.exists():
        write_table(units_of(folder.study, model), UNITS, folder.units_table)
    return units_for(folder)
