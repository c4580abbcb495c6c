"""Which images a folder offers, as its manifest or its layout says; none has been opened yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from conditions.errors import StudyError
from stimgen.pool.names import printable

# Of what is wrong, so much is told at once.
TOLD = 10


@dataclass(frozen=True)
class Given:
    """An image that a folder offers.

    Attributes
    ----------
    unit, pole, rank
        What it is an image of.
    file : str
        Its file, relative to the folder, as it was found or as the manifest names it.
    where : str
        What stands before a message on it: the row of the manifest, or the file.
    tool, version, prompt : str or None
        What made it, where that is known.
    """

    unit: str
    pole: str
    rank: int
    file: str
    where: str
    tool: str | None = None
    version: str | None = None
    prompt: str | None = None

    @property
    def name(self) -> str:
        """The file, as messages name it."""
        return printable(self.file)

    @property
    def told(self) -> str:
        """What a message on the image itself begins with: its row, and its file."""
        return self.where if self.where.endswith(self.name) else f"{self.where}: {self.name}"


@dataclass
class Listing:
    """The images of a folder, and all that is wrong with how it names them.

    Attributes
    ----------
    where : str
        What stands before a message on the whole: the manifest, or the folder.
    given : list of Given
        Images that are named in full.
    faults : list of str
        What is wrong, a line each.
    touched : set of str
        Units that faults speak of: whether their images are complete cannot be said.
    remarks : list of str
        What was passed over, a line each.
    """

    where: str
    given: list[Given] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)


def refuse(faults: Iterable[str]) -> None:
    """Refuse where something is wrong.

    Raises
    ------
    StudyError
        The first lines, and how many more there are.
    """
    lines = list(faults)
    if lines:
        more = f"\n… and {len(lines) - TOLD} more" if len(lines) > TOLD else ""
        raise StudyError("\n".join(lines[:TOLD]) + more)
