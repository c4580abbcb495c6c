"""Images of another tool as files of the study, their rows, and what is noted of the originals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from conditions.files import atomic_path, sha256_of
from conditions.folder import StudyFolder
from conditions.study.kinds.paths import unit_image
from conditions.tables.brought import BRING_REPORT
from conditions.tables.files import write_table
from stimgen.bringing.check import Checked
from stimgen.bringing.doubts import Doubts, doubts_of, in_words, units_by_pixels
from stimgen.bringing.measure import Measured, square_of
from stimgen.bringing.original import pixels_of
from stimgen.bringing.there import known_report, place_of, report_file
from stimgen.pool.names import printable
from stimgen.records import StepRecord
from stimgen.stimuli import add_stimuli, known_stimuli, one_writer

_PLACE = ["unit", "pole", "rank"]


@dataclass(frozen=True)
class Known:
    """Where else images are: units by pixels; paths of photographs by unit and SHA-256."""

    units: Mapping[str, list[str]]
    photographs: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Written:
    """An image that is there: what it was, its rows, and the doubts on it."""

    checked: Checked
    row: dict
    report: dict
    doubts: Doubts


def known_facts(folder: StudyFolder, checked: Sequence[Checked]) -> Known:
    """What the images of a folder, and the photographs of the study, can be confused with."""
    stimuli = known_stimuli(folder)
    rows = stimuli[stimuli["name"] == folder.study.photographs]
    keys = zip(rows["unit"], rows["sha256"], strict=True)
    return Known(units_by_pixels(checked), dict(zip(keys, rows["path"], strict=True)))


def write_image(folder: StudyFolder, name: str, one: Measured, known: Known) -> Written:
    """Write an image as it is shown, unless it is there."""
    given, original, size = one.checked.given, one.checked.original, folder.study.image
    unit, pole, rank = place_of(one.checked)
    path = folder.path / unit_image(name, unit, pole, rank)
    if pixels_of(path) != original.pixels:
        with atomic_path(path) as temporary:
            square_of(one.checked, size).save(temporary)
    sha256 = sha256_of(path)
    doubts = doubts_of(
        one.checked,
        one.activation,
        one.median,
        size.crop,
        known.units[original.pixels],
        known.photographs.get((given.unit, sha256)),
    )
    made_by = " ".join(word for word in (given.tool, given.version) if word)
    place = {"unit": unit, "pole": pole, "rank": rank}
    row = place | {
        "name": name,
        "kind": folder.study.references[name].kind,
        "method": printable(made_by) or None,
        "batch": None,
        "activation": one.activation,
        "path": folder.relative(path),
        "source": f"{one.checked.file}, {original.sides}, {original.changed or 'as it is'}",
        "sha256": sha256,
    }
    report = place | {
        "file": one.checked.file,
        "file_sha256": original.file_sha256,
        "width": original.width,
        "height": original.height,
        "changed": original.changed or None,
        "activation": one.activation,
        "median": one.median,
        "doubts": in_words(doubts),
        "tool": given.tool,
        "version": given.version,
        "prompt": given.prompt,
    }
    return Written(one.checked, row, report, doubts)


def note(folder: StudyFolder, name: str, made: Sequence[Written], record: StepRecord) -> None:
    """Add images to the report, then to the table of stimuli: what is in that is done."""
    new = pd.DataFrame([one.report for one in made], columns=BRING_REPORT.column_names)
    with one_writer(folder):
        record.begin()
        known = known_report(folder, name)
        places = pd.MultiIndex.from_frame(new[_PLACE])
        kept = known[~pd.MultiIndex.from_frame(known[_PLACE]).isin(places)]
        rows = pd.concat([kept, new], ignore_index=True) if len(kept) else new
        rows = rows.sort_values(_PLACE, ignore_index=True)
        write_table(rows, BRING_REPORT, report_file(folder, name))
        add_stimuli(folder, pd.DataFrame([one.row for one in made]))
