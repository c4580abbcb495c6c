"""Half of the one kind, half of the other, in one grid."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from conditions.study.kinds.kind import Asked, Images, ReferenceKind, References
from conditions.tables.stimuli import POLES
from conditions.yaml.strict import Different, Text


class Mixed(ReferenceKind):
    """Images of two kinds side by side; which places are which is drawn for every trial."""

    LEAST: ClassVar[int] = 2
    HAS_FILES: ClassVar[bool] = False

    kind: Literal["mixed"] = "mixed"
    of: Annotated[Different[Text], Field(min_length=2, max_length=2)] = Field(
        description="Names of the two kinds."
    )

    @property
    def sources(self) -> tuple[str, ...]:
        """The two kinds."""
        return tuple(self.of)

    def follows_batches(self, references: References) -> bool:
        """Where one of them does."""
        return any(references[name].follows_batches(references) for name in self.of)

    def images_a_pole(self, bins: int, references: References) -> int:
        """As many as each of them can show, for any place may be of either."""
        return min(references[name].images_a_pole(bins, references) for name in self.of)

    def shown(
        self, name: str, asked: Asked, references: References, rng: np.random.Generator
    ) -> Images:
        """Half of each.

        Of an odd number of places, the one over is of the first kind in the one grid and of the
        second in the other, so that a trial with two grids shows as many of each.
        """
        first, second = (references[n].shown(n, asked, references, rng) for n in self.of)
        more = int(rng.integers(2))
        mixed = {}
        for turn, pole in enumerate(POLES):
            of_first = (asked.count + (more + turn) % 2) // 2
            places = set(rng.permutation(asked.count)[:of_first].tolist())
            mixed[pole] = tuple(
                (first if place in places else second)[pole][place] for place in range(asked.count)
            )
        return mixed

    def in_words(self, name: str) -> str:
        """What stands where."""
        return (
            f"{name}: half {self.of[0]} and half {self.of[1]}, over both poles where both are "
            "shown; which places were which was drawn for every trial."
        )

    def expected_rt(self, references: References) -> float:
        """Between those of the two."""
        return sum(references[name].expected_rt(references) for name in self.of) / len(self.of)
