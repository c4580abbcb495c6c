"""The table of units: what the study names, checked against the model."""

import pandas as pd

from conditions.folder import StudyFolder
from conditions.study import Study
from conditions.tables import UNITS, read_table, write_table
from conditions.units import parse_unit
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
    rows = []
    for role, names in (("main", study.units.main), ("practice", study.units.practice)):
        for name in names:
            layer, channel = parse_unit(name)
            found = model.check_unit(layer, channel)
            rows.append(
                {
                    "unit": name,
                    "layer": layer,
                    "branch": found.branch_of(channel),
                    "channel": channel,
                    "pick": study.units.pick,
                    "role": role,
                    "block": None,
                }
            )
    return pd.DataFrame(rows, columns=UNITS.column_names)


def ensure_units(folder: StudyFolder, model: Model) -> pd.DataFrame:
    """The table of units, written where it is missing."""
    if not folder.units_table.exists():
        write_table(units_of(folder.study, model), UNITS, folder.units_table)
    return read_table(folder.units_table, UNITS)
