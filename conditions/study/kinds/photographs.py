"""Natural references: the images of the pool that are next in rank to the queries."""

from functools import lru_cache
from typing import Literal

import numpy as np

from conditions.study.kinds.kind import Asked, Images, ReferenceKind, References
from conditions.study.kinds.paths import batch_image
from conditions.tables.stimuli import POLES


class Photographs(ReferenceKind):
    """Photographs of the pool, as the study's ``natural`` chooses them."""

    kind: Literal["photographs"] = "photographs"

    def follows_batches(self, references: References) -> bool:
        """They are the batches."""
        return True

    def images_a_pole(self, bins: int, references: References) -> int:
        """All but the query."""
        return bins - 1

    def shown(
        self, name: str, asked: Asked, references: References, rng: np.random.Generator
    ) -> Images:
        """From min_1 on, and up to the last bin but one."""
        return _next_in_rank(name, asked)

    def in_words(self, name: str) -> str:
        """What they are."""
        return f"{name}: photographs of the pool, next in rank to the queries."


# Participants share batches, and sessions show a unit again and again.
@lru_cache(maxsize=65536)
def _next_in_rank(name: str, asked: Asked) -> Images:
    count, bins = asked.count, asked.bins
    ranks = {"min": range(1, 1 + count), "max": range(bins - 1 - count, bins - 1)}
    return {
        pole: tuple(
            batch_image(name, asked.unit, asked.batch, pole, rank, asked.set_of)
            for rank in ranks[pole]
        )
        for pole in POLES
    }
