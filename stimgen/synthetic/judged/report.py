"""The report on visualisations: how each set was made and how it compares."""

import pandas as pd

from conditions.folder import StudyFolder
from conditions.study.kinds.visualisation import Visualisation
from conditions.tables.files import read_table, write_table
from conditions.tables.made_images import SYNTHETIC_REPORT
from stimgen.stimuli import one_writer

KEY = list(SYNTHETIC_REPORT.key)
# Of photographs of one colour or a single image some of it cannot be known.
_JUDGEMENT = ["border_index", "high_frequencies", "natural_similarity", "as_diverse"]


def read_report(folder: StudyFolder) -> pd.DataFrame:
    """The report; no rows where there is none yet.

    One from before studies named their kinds is of the only visualisations that the study has.
    """
    if not folder.synthetic_report.exists():
        return pd.DataFrame(columns=SYNTHETIC_REPORT.column_names)
    report = read_table(folder.synthetic_report, SYNTHETIC_REPORT)
    if report["name"].isna().any():
        kinds = folder.study.references
        made = [name for name, kind in kinds.items() if isinstance(kind, Visualisation)]
        report["name"] = report["name"].fillna(made[0])
    return report


def are_judged(report: pd.DataFrame) -> pd.Series:
    """Of each row, whether anything is known of how the set's images compare with photographs."""
    return report[_JUDGEMENT].notna().any(axis=1)


def without_a_row(report: pd.DataFrame, stimuli: pd.DataFrame) -> list[str]:
    """Unit and pole of visualisations in the table of stimuli that the report does not know."""
    made = stimuli.loc[stimuli["kind"] == Visualisation().kind, KEY].drop_duplicates()
    known = set(report[KEY].astype(str).itertuples(index=False, name=None))
    return [
        f"{unit} {pole}"
        for name, unit, pole in made.astype(str).itertuples(index=False, name=None)
        if (name, unit, pole) not in known
    ]


def add_to_report(folder: StudyFolder, rows: list[dict]) -> None:
    """Add rows; one of the same kind, unit and pole is replaced."""
    new = pd.DataFrame(rows, columns=SYNTHETIC_REPORT.column_names)
    with one_writer(folder):
        known = read_report(folder)
        kept = known[~pd.MultiIndex.from_frame(known[KEY]).isin(pd.MultiIndex.from_frame(new[KEY]))]
        new = pd.concat([kept, new], ignore_index=True) if len(kept) else new
        write_table(
            new.sort_values(KEY, ignore_index=True), SYNTHETIC_REPORT, folder.synthetic_report
        )


def fill_in_report(folder: StudyFolder, rows: list[dict]) -> None:
    """Fill in cells of rows that are there: each of ``rows`` has the key and other columns."""
    new = pd.DataFrame(rows).set_index(KEY)
    with one_writer(folder):
        known = read_report(folder).set_index(KEY)
        # A set may have been made anew, or its row taken out, since it was looked at.
        new = new.loc[new.index.intersection(known.index)]
        for column in new.columns:
            known.loc[new.index, column] = new[column].astype(known[column].dtype)
        report = known.reset_index()[SYNTHETIC_REPORT.column_names]
        write_table(report, SYNTHETIC_REPORT, folder.synthetic_report)
