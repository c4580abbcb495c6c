"""Kinds whose images are made of those of another kind, one of each."""

import numpy as np
from pydantic import Field

from conditions.study.kinds.kind import Asked, Images, ReferenceKind, References
from conditions.study.kinds.paths import renamed
from conditions.yaml.strict import Text


class Derived(ReferenceKind):
    """An image for each image of another kind, shown where that would be shown."""

    of: Text = Field(description="Name of the kind that they are made of.")

    @property
    def sources(self) -> tuple[str, ...]:
        """The one kind that they are made of."""
        return (self.of,)

    def follows_batches(self, references: References) -> bool:
        """As what they are made of."""
        return references[self.of].follows_batches(references)

    def images_a_pole(self, bins: int, references: References) -> int:
        """As many as of what they are made of."""
        return references[self.of].images_a_pole(bins, references)

    def shown(
        self, name: str, asked: Asked, references: References, rng: np.random.Generator
    ) -> Images:
        """Those of the other kind, each replaced by what is made of it."""
        originals = references[self.of].shown(self.of, asked, references, rng)
        return {
            pole: tuple(renamed(path, name) for path in paths) for pole, paths in originals.items()
        }
