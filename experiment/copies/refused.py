"""Refusals of consent that only another copy of a study has counted."""

from collections import Counter

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.tables.refusals import REFUSALS
from experiment.copies.rows import Rows, add_rows, lacking_rows
from experiment.records.same_session import whole_lines


def lacking_refusals(folder: StudyFolder, other: StudyFolder) -> Rows | None:
    """Refusals that a study lacks of another copy of it; None where it lacks none.

    Nothing tells whose they are: refusals of one second, version and language are one and the same.

    Raises
    ------
    StudyError
        Where a table has other columns than the laboratory's.
    """
    path, source = (each.data / f"{REFUSALS.name}.csv" for each in (folder, other))
    here, there = whole_lines(path), whole_lines(source)
    header = ",".join(REFUSALS.column_names)
    for table, lines in ((path, here), (source, there)):
        if lines and lines[0] != header:
            found = lines[0][:300]
            raise StudyError(
                f"{table}: found the columns {found!r}, wanted {header}: nothing is written"
            )
    new = list((Counter(there[1:]) - Counter(here[1:])).elements())
    if not new:
        return None
    return lacking_rows(path, [*([] if here else [header]), *new], not here)


def add_refusals(rows: Rows) -> None:
    """Add them, with a data dictionary beside them where there is none."""
    if not rows.table.with_suffix(".json").exists():
        write_json(rows.table.with_suffix(".json"), REFUSALS.dictionary())
    add_rows(rows)
