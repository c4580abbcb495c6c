"""The report on accentuated images: what the optimisation did to the activation of each."""

import pandas as pd

from conditions.commands.command_line import console
from conditions.folder import StudyFolder
from conditions.tables.files import read_table, write_table
from conditions.tables.made_images import ACCENTUATION_REPORT
from stimgen.stimuli import known_stimuli, one_writer
from stimgen.wording import named, no_row_of


def add_to_report(folder: StudyFolder, rows: list[dict]) -> None:
    """Add rows; one of the same image is replaced.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    rows : list of dict
        See :data:`conditions.tables.made_images.ACCENTUATION_REPORT`; the standard deviation over
        the pool, ``sd``, in the place of ``rise``.
    """
    new = pd.DataFrame(rows)
    signs = new["pole"].map({"min": -1.0, "max": 1.0})
    new["rise"] = signs * (new["after"] - new["before"]) / new["sd"].astype(float)
    new["seconds"] = new["seconds"].round(3)
    new = new[list(ACCENTUATION_REPORT.column_names)]
    with one_writer(folder):
        if folder.accentuation_report.exists():
            known = read_table(folder.accentuation_report, ACCENTUATION_REPORT)
            known = known[~known["path"].isin(new["path"])]
            new = pd.concat([known, new], ignore_index=True) if len(known) else new
        new = new.sort_values(["name", "unit", "batch", "pole", "rank", "path"], ignore_index=True)
        write_table(new, ACCENTUATION_REPORT, folder.accentuation_report)


def say_unmoved(folder: StudyFolder, name: str) -> None:
    """Name the units where the activation has not moved towards the pole, or is not known."""
    report = pd.DataFrame(columns=ACCENTUATION_REPORT.column_names)
    if folder.accentuation_report.exists():
        report = read_table(folder.accentuation_report, ACCENTUATION_REPORT)
    report = report[report["name"] == name]
    stimuli = known_stimuli(folder)
    unknown = stimuli[(stimuli["name"] == name) & ~stimuli["path"].isin(report["path"])]
    if len(unknown):
        words = no_row_of(f"{name} images", (unknown["unit"] + " " + unknown["pole"]).unique())
        console.print(f"warning: {folder.accentuation_report} {words}", markup=False)
    unmoved = report[~(report["rise"] > 0)]
    if len(unmoved):
        counts = (unmoved["unit"] + " " + unmoved["pole"]).value_counts(sort=False)
        units = named(f"{which} ({count})" for which, count in counts.items())
        console.print(
            f"warning: {name}: in {len(unmoved)} of {len(report)} images the activation did not "
            f"move towards the pole: {units} (see {folder.accentuation_report})"
        )
