"""What every kind of reference image says of itself."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from conditions.yaml.strict import Strict, Text, later

# The one word that no kind may be called: trials without references.
NONE = "none"
# Where the pool's images lie, the queries among them, in a study that shows no photographs beside.
QUERIES = "queries"

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
# Fits above half of a screen.
Title = Annotated[str, Field(min_length=1, max_length=60)]
# Paths by pole, in the order in which a grid shows them.
Images = dict[str, tuple[str, ...]]
References = Mapping[str, "ReferenceKind"]


@dataclass(frozen=True)
class Asked:
    """What a trial asks of a kind: so many references a pole of a unit.

    Attributes
    ----------
    unit : str
        The unit.
    batch : int
        Batch of natural images, for kinds that follow them.
    count : int
        References a pole.
    bins : int
        Images a pole and batch of the set of natural images, the query included.
    set_of : int or None
        The same number, where the set is not the study's main one.
    """

    unit: str
    batch: int
    count: int
    bins: int
    set_of: int | None = None


class ReferenceKind(Strict, ABC):
    """A kind of reference images, as the study file names and describes it."""

    # Mean reaction time in the published Experiment I (s): a guess for kinds that it did not have.
    EXPECTED_RT: ClassVar[float] = 6.88
    # The fewest references a pole that it can show.
    LEAST: ClassVar[int] = 1
    # Whether it has images of its own.
    HAS_FILES: ClassVar[bool] = True

    kind: str
    title: Title | dict[Language, Title] | None = later(
        None,
        "What participants read above its images where two kinds stand side by side, a text or a "
        "text a language; by default the words of its kind.",
    )
    card: Text | dict[Language, Text] | None = later(
        None,
        "What participants read before a block, a text or a text a language; by default the words "
        "of its kind.",
    )

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the kinds that it is made of."""
        return ()

    def check(self, name: str, side: int) -> None:
        """Check that its recipe fits images of so many pixels a side.

        Raises
        ------
        ValueError
            Names the field, what was found and what is wanted.
        """

    @abstractmethod
    def follows_batches(self, references: References) -> bool:
        """Whether its images are others for each batch of natural images."""

    @abstractmethod
    def images_a_pole(self, bins: int, references: References) -> int:
        """References of a unit and pole that there are, in a set of so many natural images."""

    @abstractmethod
    def shown(
        self, name: str, asked: Asked, references: References, rng: np.random.Generator
    ) -> Images:
        """Paths of the references of both poles, in the order in which a grid shows them.

        Parameters
        ----------
        name : str
            The study's name of this kind.
        asked : Asked
            What is wanted.
        references : mapping
            All kinds of the study.
        rng : numpy.random.Generator
            Used by kinds that draw, and by no other.
        """

    @abstractmethod
    def in_words(self, name: str) -> str:
        """A sentence for the description of a study."""

    def expected_rt(self, references: References) -> float:
        """How long an answer is expected to take (s)."""
        return self.EXPECTED_RT
