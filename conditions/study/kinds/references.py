"""All kinds of reference images of a study: their names, and whether they go together."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from conditions.files import DEVICES
from conditions.study.kinds.accentuation import Accentuation
from conditions.study.kinds.blurred import Blurred
from conditions.study.kinds.crops import Crops
from conditions.study.kinds.files import Files
from conditions.study.kinds.kind import NONE, QUERIES, ReferenceKind
from conditions.study.kinds.mixed import Mixed
from conditions.study.kinds.photographs import Photographs
from conditions.study.kinds.visualisation import Visualisation

AnyKind = Annotated[
    Photographs | Visualisation | Accentuation | Crops | Files | Blurred | Mixed,
    Field(discriminator="kind"),
]
# A name of digits alone, 1e5 or 0x1f would be a number to whoever reads a table of one kind.
KindName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
# Folders of stimuli/ that are no kind's, and words that stand for something else in the tables.
TAKEN = (NONE, QUERIES, "min", "max", "all", "all_units", "scans", "preview")
# What readers of tables, in R and Python, take for missing values, numbers or truth values.
NO_TEXT = ("na", "nan", "null", "inf", "infinity", "true", "false")


def photographs_of(references: Mapping[str, ReferenceKind]) -> str:
    """Name under which the pool's images lie, the queries among them."""
    return next((n for n, kind in references.items() if isinstance(kind, Photographs)), QUERIES)


def left_and_right(references: Mapping[str, ReferenceKind]) -> tuple[str, str] | None:
    """What intuitiveness trials compare where the study does not say: made images, photographs."""
    right = photographs_of(references)
    left = next((n for n, kind in references.items() if n != right and kind.HAS_FILES), None)
    return (left, right) if left is not None and right in references else None


def made_in_order(references: Mapping[str, ReferenceKind]) -> list[str]:
    """Names of the kinds that have images, each after those that it is made of.

    Raises
    ------
    ValueError
        Where a kind is made of itself, by whatever way.
    """
    done: list[str] = []
    waiting = list(references)
    while waiting:
        ready = [n for n in waiting if set(references[n].sources) <= set(done)]
        if not ready:
            raise ValueError(
                f"references: {' and '.join(waiting)}: found them made of themselves or of one "
                "another, wanted an order in which they can be made"
            )
        done += ready
        waiting = [n for n in waiting if n not in ready]
    return [name for name in done if references[name].HAS_FILES]


def _unfit(name: str) -> str:
    if name in DEVICES:
        return "Windows takes it for a device"
    if name in NO_TEXT:
        return "programs that read tables take it for a missing value, a number or a truth value"
    return "it means something else" if name in TAKEN else ""


def check_references(references: Mapping[str, ReferenceKind]) -> None:
    """Check that names are free, and that what kinds are made of is there.

    Raises
    ------
    ValueError
        Names the kind, what was found and what is wanted.
    """
    for name, kind in references.items():
        if why := _unfit(name):
            raise ValueError(
                f"references: found {name} for the kind {kind.kind}, but {why}: wanted another name"
            )
        for source in kind.sources:
            if source not in references:
                raise ValueError(
                    f"references.{name}.of: found {source}, wanted one of "
                    f"{', '.join(n for n in references if n != name)}"
                )
            if not references[source].HAS_FILES:
                raise ValueError(
                    f"references.{name}.of: found {source}, which has no images of its own "
                    f"(kind {references[source].kind}): wanted a kind that has"
                )
    made_in_order(references)
    pools = [name for name, kind in references.items() if isinstance(kind, Photographs)]
    if len(pools) > 1:
        raise ValueError(
            f"references: {' and '.join(pools)} are both photographs, and would be the same "
            "images: wanted one kind of them"
        )
