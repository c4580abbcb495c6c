"""What the tables of a study say of its images, each table read once."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.provenance.runs import doubtful_images
from conditions.stimuli import read_stimuli
from conditions.study.kinds.kind import NONE
from conditions.study.study import Study
from conditions.tables.files import read_table
from conditions.tables.machine import DIFFICULTY, UNIT_FLAGS
from conditions.tables.schema import Table
from conditions.tables.stimuli import HISTOGRAM, POOL, UNITS
from stimgen.preview.in_words import count
from stimgen.synthetic.judged.border import LEAST_PHOTOGRAPHS
from stimgen.synthetic.judged.report import are_judged, read_report, without_a_row
from stimgen.wording import NAMED, named, no_row_of


@dataclass(frozen=True)
class Facts:
    """The tables of a study, by unit; what has no row has no entry.

    Attributes
    ----------
    units : DataFrame
        Rows of the table of units.
    stimuli : dict of str to list
        Rows of the table of stimuli, as named tuples.
    kinds : dict of str to str
        The kinds of image that it has, by the study's names: kind and method in words.
    pool : dict of str to dict
        What is known of a unit's activation over the pool.
    histogram : dict of str to list
        Bins of its histogram.
    compared : dict of str to list
        How its visualisations compare with the photographs, by kind and pole.
    difficulty : dict of str to list of dict
        What machine observers make of it, a row a condition and scheme.
    remarks : list of str
        What of this is not there or in doubt, in sentences.
    """

    units: pd.DataFrame
    stimuli: dict[str, list[Any]]
    kinds: dict[str, str]
    pool: dict[str, dict]
    histogram: dict[str, list[Any]]
    compared: dict[str, list[Any]]
    difficulty: dict[str, list[dict]]
    remarks: list[str]

    @cached_property
    def observers(self) -> dict[str, str]:
        """Role of each machine observer, in the order of the table."""
        rows = [row for rows in self.difficulty.values() for row in rows]
        return {mark["observer"]: mark["role"] for row in rows for mark in row["marks"]}

    @cached_property
    def n_images(self) -> int:
        """Images of all units."""
        return sum(len(self.stimuli.get(unit, ())) for unit in self.units["unit"])


def read_facts(folder: StudyFolder) -> Facts:
    """Read what there is: units and images must be known, all else may be missing.

    Raises
    ------
    StudyError
        Where there is no table of stimuli or units yet, or a table does not fit its schema.
    """
    if not folder.stimuli_table.exists():
        raise StudyError(
            f"{folder.stimuli_table}: no such file: there are no images to show yet; make them "
            f"with `{typed_command('stimgen', 'natural', *folder.typed)}`"
        )
    units = read_table(folder.units_table, UNITS)
    # A study may have a million images: their hashes are not shown.
    images = read_stimuli(folder).drop(columns="sha256")
    stimuli = by_unit(images)
    pool, no_pool = _optional(folder, folder.pool_table, POOL, "no activations over the pool")
    histogram, no_histogram = _optional(folder, folder.histogram_table, HISTOGRAM, "no histograms")
    report = read_report(folder)
    return Facts(
        units,
        stimuli,
        _kinds(folder.study, images),
        {str(row["unit"]): row for row in pool.to_dict("records")},
        by_unit(histogram),
        by_unit(report),
        _difficulty(folder),
        [
            *no_pool,
            *no_histogram,
            *_not_compared(folder, report, images),
            *_unknown(folder, units, stimuli),
            *doubtful_images(folder.stimuli),
        ],
    )


def by_unit(table: pd.DataFrame) -> dict[str, list[Any]]:
    """The rows of each unit as named tuples, in the order of the table."""
    found: dict[str, list[Any]] = {}
    for row in table.itertuples(index=False):
        found.setdefault(str(row.unit), []).append(row)
    return found


def _optional(
    folder: StudyFolder, path: Path, table: Table, without: str
) -> tuple[pd.DataFrame, list[str]]:
    if path.exists():
        return read_table(path, table), []
    return pd.DataFrame(columns=table.column_names), [_absent(folder, path, without)]


def _absent(folder: StudyFolder, path: Path, without: str) -> str:
    return f"{folder.relative(path)} is not there: {without} can be shown."


def _not_compared(folder: StudyFolder, report: pd.DataFrame, images: pd.DataFrame) -> Iterator[str]:
    """Sentences on visualisations of which the report does not say how they compare."""
    unknown = without_a_row(report, images)
    if unknown and not folder.synthetic_report.exists():
        yield _absent(folder, folder.synthetic_report, "no comparison with photographs")
    elif unknown:
        words = no_row_of("visualisations", unknown)
        yield f"{folder.relative(folder.synthetic_report)} {words}."
    references = f"`{typed_command('stimgen', 'references', *folder.typed)}`"
    unjudged = int((~are_judged(report)).sum())
    if unjudged:
        yield (
            f"Not judged by borders, fine detail and diversity: {count(unjudged, 'set')} of "
            f"visualisations; {references} does it where the study has {LEAST_PHOTOGRAPHS} "
            "photographs."
        )
    uncompared = int(report["beats_natural"].isna().sum())
    if uncompared:
        yield (
            "Not compared with the activation of natural images: "
            f"{count(uncompared, 'set')} of visualisations; {references} does it where their units "
            "have some."
        )


def _kinds(study: Study, images: pd.DataFrame) -> dict[str, str]:
    words = {}
    for name, rows in images.groupby(images["name"].astype(str)):
        sources = study.references[name].sources if name in study.references else ()
        made_of = f" of {' and '.join(sources)}" if sources else ""
        methods = rows["method"].dropna().unique()
        words[name] = ", ".join([f"{rows['kind'].iloc[0]}{made_of}", *methods[:NAMED]])
    return words


def _unknown(folder: StudyFolder, units: pd.DataFrame, stimuli: dict[str, list[Any]]) -> list[str]:
    unknown = sorted(set(stimuli) - set(units["unit"]))
    if not unknown:
        return []
    return [
        f"{folder.relative(folder.stimuli_table)} lists images of units that "
        f"{folder.relative(folder.units_table)} does not have; they are not shown: "
        f"{named(unknown)}."
    ]


def _difficulty(folder: StudyFolder) -> dict[str, list[dict]]:
    """What observers make of each unit, a row a condition and scheme; empty before they ran."""
    table_file, flags_file = (folder.difficulty / name for name in ("difficulty.csv", "flags.csv"))
    if not (table_file.is_file() and flags_file.is_file()):
        return {}
    table = read_table(table_file, DIFFICULTY)
    place = ["unit", "condition", "scheme"]
    flags = read_table(flags_file, UNIT_FLAGS).set_index(place)["flag"].to_dict()
    found: dict[str, list[dict]] = {}
    shown = table[table["condition"] != NONE]
    for (unit, condition, scheme), group in shown.groupby(place, sort=True):
        marks = [
            {"observer": row.observer, "role": row.role, "predicted": row.predicted}
            for row in group.itertuples()
        ]
        facts = {"condition": condition, "scheme": scheme, "marks": marks}
        flag = flags.get((unit, condition, scheme))
        found.setdefault(str(unit), []).append(facts | {"flag": flag})
    return found
