"""What a kind of reference images is given to make its images."""

from dataclasses import dataclass
from typing import Protocol

from conditions.folder import StudyFolder
from conditions.study.kinds.kind import ReferenceKind
from conditions.study.study import Study
from stimgen.models.model import Model
from stimgen.work.planned import PlannedStep
from stimgen.work.workers import THIS_PROCESS, Workers


@dataclass(frozen=True)
class Making:
    """A kind of a study whose images are to be made.

    Attributes
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    name : str
        The study's name of the kind.
    by : Workers
        Who does the work.
    """

    folder: StudyFolder
    model: Model
    name: str
    by: Workers = THIS_PROCESS

    @property
    def study(self) -> Study:
        """The study."""
        return self.folder.study

    @property
    def kind(self) -> ReferenceKind:
        """The kind as the study describes it."""
        return self.study.references[self.name]


class Maker(Protocol):
    """What the module of a kind has."""

    def make(self, making: Making) -> None:
        """Write its images that are not there, their rows and their provenance.

        Raises
        ------
        StudyError
            Where what it is made of is not there; at the end, naming what has failed (all else is
            done).
        """

    def plan(self, making: Making) -> list[PlannedStep]:
        """What :meth:`make` would do, and about how long it would take; makes no images."""
