"""The pages: an index, the units' images with it or on pages of their own, nothing left behind."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader

from conditions.commands.command_line import console
from conditions.files import write_text
from conditions.folder import StudyFolder
from stimgen.preview.facts import named, read_facts
from stimgen.preview.in_words import count, number
from stimgen.preview.marks import MEANINGS, Mark
from stimgen.preview.sheets import Files, kinds_in_order
from stimgen.preview.units import dealt, grouped, unit_of

_PAGE = re.compile(r"page-\d{3,}\.html")


@dataclass(frozen=True)
class Entry:
    """A unit in the index: the address of its section, and its marks."""

    name: str
    address: str
    marks: list[Mark]

    @property
    def words(self) -> list[str]:
        """Its marks, each once."""
        return list(dict.fromkeys(mark.word for mark in self.marks))


def write_preview(folder: StudyFolder) -> Path:
    """Write ``stimuli/preview.html``; images are linked, not copied.

    Where a study has more units than a page takes, that is the index, and the images are on
    ``stimuli/preview/page-001.html`` and on. Where machine observers have judged the units
    (``report/difficulty``), it says how hard they found each.

    Returns
    -------
    Path
        The index.

    Raises
    ------
    StudyError
        Where there are no images yet, or a table does not fit its schema.
    """
    facts = read_facts(folder)
    kinds, files = kinds_in_order(folder.study, facts), Files(folder)
    groups = grouped(facts.units)
    pages = dealt([row for rows in groups.values() for row in rows], facts)
    names = [_page_name(place) for place in range(len(pages))] if len(pages) > 1 else []
    templates = _environment(study=folder.study, facts=facts, kinds=kinds, names=names)
    page_template = templates.get_template("page.html")
    entries: dict[str, Entry] = {}
    for place, rows in enumerate(pages):
        units = [unit_of(folder, facts, kinds, files, row) for row in rows]
        page = f"preview/{names[place]}" if names else ""
        for one in units:
            entries[one.name] = Entry(one.name, f"{page}#{quote(one.name)}", one.marks)
        if names:
            text = page_template.render(units=units, place=place)
            write_text(_pages(folder) / names[place], text)
    remarks = [*facts.remarks, *_remarks(folder, entries.values())]
    # After the pages that it names.
    index = templates.get_template("index.html").render(
        units=[] if names else units,
        groups={name: [entries[row["unit"]] for row in rows] for name, rows in groups.items()},
        marked=_marked(entries.values()),
        meanings=MEANINGS,
        remarks=remarks,
    )
    write_text(folder.preview, index)
    for left in _left_over(folder, names):
        write_text(left, templates.get_template("left_over.html").render())
    for remark in remarks:
        console.print(f"warning: {remark}", markup=False)
    return folder.preview


def _pages(folder: StudyFolder) -> Path:
    return folder.preview.with_suffix("")


def _page_name(place: int) -> str:
    return f"page-{place + 1:03d}.html"


def _remarks(folder: StudyFolder, entries: Iterable[Entry]) -> Iterator[str]:
    table = folder.relative(folder.stimuli_table)
    for word, words in (
        ("missing", f"{table} lists images that are not there, of"),
        ("no images", f"{table} has no images of"),
    ):
        units = [one.name for one in entries if word in one.words]
        if units:
            yield f"{words} {count(len(units), 'unit')}: {named(units)}."


def _marked(entries: Iterable[Entry]) -> dict[str, int]:
    """How many units have each mark; none that no unit has."""
    counts = {word: sum(word in one.words for one in entries) for word in MEANINGS}
    return {word: n for word, n in counts.items() if n}


def _left_over(folder: StudyFolder, names: list[str]) -> list[Path]:
    """Pages of an earlier preview that had more of them."""
    pages = _pages(folder)
    there = sorted(path for path in pages.iterdir() if path.is_file()) if pages.is_dir() else []
    return [path for path in there if _PAGE.fullmatch(path.name) and path.name not in names]


def _environment(**shared: object) -> Environment:
    environment = Environment(
        loader=PackageLoader("stimgen.preview"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "count": count}
    environment.globals |= shared
    return environment
