"""Images that another tool has made."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from conditions.study.kinds.kind import Asked, Images, ReferenceKind, References
from conditions.study.kinds.visualisation import from_first
from conditions.tables.condition_file import GRID
from conditions.yaml.strict import FilePath


class Files(ReferenceKind):
    """Images of a folder, brought into the study by ``python -m stimgen bring``."""

    kind: Literal["files"] = "files"
    folder: FilePath | None = Field(
        None,
        description="Where they lie, from the working directory; by default `bring` is told.",
    )
    images: Annotated[int, Field(ge=1, le=GRID + 1)] = Field(GRID, description="A unit and pole.")
    fit: Literal["resize", "exact"] = Field(
        "resize",
        description="Images of another size than the study's crop are resized and cropped as the "
        "pool's (their border is lost), or refused; those of its size are shown pixel by pixel.",
    )

    def follows_batches(self, references: References) -> bool:
        """A unit has one set a pole."""
        return False

    def images_a_pole(self, bins: int, references: References) -> int:
        """As many as are brought."""
        return self.images

    def shown(
        self, name: str, asked: Asked, references: References, rng: np.random.Generator
    ) -> Images:
        """Those of the first ranks."""
        return from_first(name, asked.unit, asked.count)

    def in_words(self, name: str) -> str:
        """Where they are from."""
        return f"{name}: {self.images} images a pole, made by another tool."
