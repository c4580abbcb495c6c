"""A unit's images as sheets: by kind, set and batch, the most extreme of each pole first."""

import os
import posixpath
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pandas as pd

from conditions.folder import StudyFolder
from conditions.study.study import Study
from conditions.tables.stimuli import POLES
from conditions.trials.counterbalance import PRACTICE_BATCH
from conditions.trials.references import queries
from stimgen.preview.facts import Facts
from stimgen.preview.in_words import number

# What participants see of a unit: practice and catch trials and ratings show batch 0, main trials
# the others, of which the page shows the first.
FIRST_MAIN_BATCH = 1
# Roles whose images are never the queries of a trial: of catch trials queries are copies.
NEVER_ASKED = ("intuitiveness", "catch")
POLE_WORDS = {"min": "minimally activating", "max": "maximally activating"}

_SET = re.compile(r"/sets_of_(\d+)/")


@dataclass(frozen=True)
class Picture:
    """An image: its address from the folder of stimuli, and what is known of it in words."""

    address: str
    words: str
    activation: float
    is_query: bool
    is_there: bool


@dataclass(frozen=True)
class Sheet:
    """Images by pole, of a batch where the kind has batches.

    ``lacks_query`` says that they are of a batch whose query they have not, as images that are made
    of references: it keeps its place.
    """

    batch: int | None
    poles: dict[str, list[Picture]]
    lacks_query: bool = False

    @property
    def pictures(self) -> list[Picture]:
        """The images of both poles."""
        return [picture for pictures in self.poles.values() for picture in pictures]


@dataclass(frozen=True)
class Series:
    """All images of a kind and set: the sheet that is shown, and those on demand.

    ``kind`` is the study's name of the kind.
    """

    kind: str
    set_of: int | None
    shown: Sheet | None
    others: list[Sheet]

    @property
    def name(self) -> str:
        """Kind and set in words."""
        return self.kind if self.set_of is None else f"{self.kind}, sets of {self.set_of}"

    @property
    def pictures(self) -> list[Picture]:
        """Those of all sheets."""
        sheets = [*([self.shown] if self.shown else []), *self.others]
        return [picture for sheet in sheets for picture in sheet.pictures]


@dataclass
class Files:
    """Which images are there, each folder looked into once."""

    folder: StudyFolder
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def has(self, path: str) -> bool:
        """Whether a file lies at a path of the table of stimuli, inside the study folder."""
        if posixpath.isabs(path) or posixpath.normpath(path) != path or path.startswith("../"):
            return False
        parent, name = posixpath.split(path)
        if parent not in self._known:
            self._known[parent] = self._names(parent)
        return name in self._known[parent]

    def _names(self, parent: str) -> frozenset[str]:
        try:
            with os.scandir(self.folder.path / parent) as entries:
                return frozenset(entry.name for entry in entries if entry.is_file())
        except (OSError, ValueError):
            # No such folder, or a name that can be none.
            return frozenset()


def address_of(path: str) -> str:
    """A path of the table of stimuli as an address relative to the folder of stimuli.

    >>> address_of("stimuli/natural/a#1/batch_01/max_9.png")
    'natural/a%231/batch_01/max_9.png'
    """
    inside = path.removeprefix("stimuli/")
    return quote(inside if inside != path else f"../{path}")


def kinds_in_order(study: Study, facts: Facts) -> list[str]:
    """Names of the kinds that there are images of: those that queries are of, then as the study."""
    names = dict.fromkeys([study.photographs, *study.references])
    return [name for name in names if name in facts.kinds]


def query_paths(study: Study, unit: str, role: str) -> frozenset[str]:
    """Paths of the images that trials ask about, whatever batch a participant sees."""
    if role in NEVER_ASKED:
        return frozenset()
    parts = {study.bins_of(part): part for part in study.parts}
    return frozenset(
        path
        for part in parts.values()
        for batch in range(study.natural.batches)
        for path in queries(study, part, unit, batch).values()
    )


def series_of(
    study: Study, unit: str, role: str, rows: list[Any], kinds: list[str], files: Files
) -> list[Series]:
    """A unit's images.

    Parameters
    ----------
    study : Study
        Says which images are queries.
    unit, role : str
        Its name and what it is used for.
    rows : list
        Its rows of the table of stimuli.
    kinds : list of str
        The order of kinds.
    files : Files
        Which images are there.

    Returns
    -------
    list of Series
        The study's main set of each kind, then sets of other sizes.
    """
    asked = query_paths(study, unit, role)
    found: dict[tuple[str, int | None], dict[int | None, dict[str, list]]] = {}
    for row in rows:
        match = _SET.search(row.path)
        set_of = int(match[1]) if match else None
        batch = None if pd.isna(row.batch) else int(row.batch)
        group = found.setdefault((row.name, set_of), {})
        poles = group.setdefault(batch, {pole: [] for pole in POLES})
        picture = _picture(row, batch, set_of, row.path in asked, files)
        poles[row.pole].append((row.rank, picture))
    wanted = FIRST_MAIN_BATCH if role == "main" else PRACTICE_BATCH
    order = sorted(found, key=lambda group: (group[1] or 0, kinds.index(group[0])))
    series = []
    for kind, set_of in order:
        sheets = [
            _sheet(batch, poles) for batch, poles in sorted(found[kind, set_of].items(), key=_batch)
        ]
        shown = None
        # Of sets of other sizes nothing is shown at once, but where a kind has no main set.
        if set_of is None or (kind, None) not in found:
            shown = next((sheet for sheet in sheets if sheet.batch == wanted), sheets[0])
        others = [sheet for sheet in sheets if sheet is not shown]
        series.append(Series(kind, set_of, shown, others))
    return series


def _batch(item: tuple) -> int:
    return -1 if item[0] is None else item[0]


def _sheet(batch: int | None, poles: dict[str, list]) -> Sheet:
    """The most extreme first: the lowest rank of the min pole, the highest of the max pole.

    Ranks of images without batches are the order in which they were made.
    """
    falling = {"min": False, "max": batch is not None}
    ranked = {
        pole: [picture for _, picture in sorted(poles[pole], key=_rank, reverse=falling[pole])]
        for pole in POLES
    }
    least = min((rank for rank, _ in poles["min"]), default=0)
    return Sheet(batch, ranked, batch is not None and least > 0)


def _rank(item: tuple[int, Picture]) -> int:
    return item[0]


def _picture(
    row: Any, batch: int | None, set_of: int | None, is_query: bool, files: Files
) -> Picture:
    facts = [row.unit, row.name, POLE_WORDS[row.pole]]
    if set_of is not None:
        facts.append(f"set of {set_of}")
    if batch is not None:
        facts.append(f"batch {batch}")
    facts += [f"rank {row.rank}", f"activation {number(row.activation, 4)}"]
    if is_query:
        facts.append("query")
    words = f"{', '.join(facts)}; source: {row.source}"
    return Picture(address_of(row.path), words, row.activation, is_query, files.has(row.path))
