"""An observer that knows what the unit answers to every image: the ceiling of a stimulus set."""

from pathlib import Path

import numpy as np
import pandas as pd

from conditions.errors import StudyError
from experiment.observers.embeddings.embedding import CEILING


class Oracle:
    """Activations in place of looks.

    The similarity of two images is the product of their activations, each as a distance from the
    middle between the unit's photographs of the two poles, in standard deviations. References
    above the middle speak for the query of the higher activation, those below for the other one:
    no observer that learns the unit from these references can do better. Without references it
    knows nothing.

    Parameters
    ----------
    stimuli : DataFrame
        Columns of :data:`conditions.tables.stimuli.STIMULI`.
    photographs : str
        Name under which the table has the photographs of the pool.
    """

    name, role = "oracle", CEILING

    def __init__(self, stimuli: pd.DataFrame, photographs: str) -> None:
        pool = stimuli[stimuli["name"] == photographs]
        poles = pool.groupby(["unit", "pole"])["activation"].mean()
        middle = stimuli["unit"].map(poles.groupby("unit").mean())
        spreads = pool.groupby("unit")["activation"].std(ddof=0)
        spread = stimuli["unit"].map(spreads).replace(0, np.nan)
        scores = ((stimuli["activation"] - middle) / spread).fillna(0.0)
        self._scores = dict(zip(stimuli["path"], scores, strict=True))
        self.facts = {"similarity": "product of standardised activations"}

    def look(self, folder: Path, images: list[str]) -> None:
        """Check that every activation is known.

        Raises
        ------
        StudyError
            Names an image that the table of stimuli lacks.
        """
        for image in images:
            if image not in self._scores:
                raise StudyError(f"{folder / image}: not in the table of stimuli")

    def similarities(self, queries: list[str], references: list[str]) -> np.ndarray:
        """Products of standardised activations."""
        first, second = (
            np.array([self._scores[image] for image in images]) for images in (queries, references)
        )
        return np.outer(first, second)
