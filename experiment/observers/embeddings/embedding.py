"""The interface of all embeddings, and those whose images are vectors."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from conditions.errors import StudyError

FLOOR, OBSERVER, CEILING = "floor", "observer", "ceiling"
EMBEDDED_TOGETHER = 32


class Embedding(Protocol):
    """A way of seeing images.

    Attributes
    ----------
    name : str
        As it is asked for, as in ``efficientnet_lite0:block12``.
    role : str
        ``floor`` (sees no more than pixels and colours), ``ceiling`` (knows the activations) or
        ``observer``.
    facts : dict
        What decides its similarities, for ``session.json``: layer, weights and their hash.
    """

    name: str
    role: str
    facts: dict

    def look(self, folder: Path, images: list[str]) -> None:
        """Take in all images of a session before its first trial; paths relative to a folder."""

    def similarities(self, queries: list[str], references: list[str]) -> np.ndarray:
        """Similarity of each query to each reference, shape (queries, references)."""


class VectorEmbedding:
    """Images as vectors, similar by the cosine of the angle between them.

    The origin is the mean of the vectors of all images of the session. From the zero of a network
    or of pixels all photographs lie in nearly one direction, and their cosines differ little.
    Each image (by SHA-256) is embedded once, whatever the number of sessions.

    Parameters
    ----------
    name, role, facts
        See :class:`Embedding`.
    embed : callable
        From a list of RGB images of one size to an array (images, dimensions).
    scaled : bool
        Whether each dimension is divided by its standard deviation over the session's images: for
        dimensions of different kinds.
    centred : bool
        Whether the origin is moved; not for embeddings that were trained with the cosine as is.
    """

    def __init__(
        self,
        name: str,
        role: str,
        facts: dict,
        embed: Callable[[list[Image.Image]], np.ndarray],
        *,
        scaled: bool = False,
        centred: bool = True,
    ) -> None:
        self.name, self.role = name, role
        self.facts = facts | {"similarity": "cosine", "centred": centred, "scaled": scaled}
        self._embed, self._scaled, self._centred = embed, scaled, centred
        self._known: dict[str, np.ndarray] = {}
        self._units: dict[str, np.ndarray] = {}

    def look(self, folder: Path, images: list[str]) -> None:
        """Embed what is new, and set the origin of the session."""
        hashes = {image: sha256(read_bytes(folder / image)).hexdigest() for image in images}
        new = {h: folder / image for image, h in hashes.items() if h not in self._known}
        for start in range(0, len(new), EMBEDDED_TOGETHER):
            chunk = list(new)[start : start + EMBEDDED_TOGETHER]
            vectors = self._embed([read_image(new[h]) for h in chunk])
            self._known |= dict(zip(chunk, np.asarray(vectors, dtype=np.float32), strict=True))
        vectors = np.stack([self._known[h] for h in hashes.values()]).astype(float)
        if self._centred:
            vectors -= vectors.mean(0)
        if self._scaled:
            spread = vectors.std(0)
            vectors /= np.where(spread > 0, spread, 1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        # An image at the origin has no direction: it is like no other.
        self._units = dict(zip(hashes, vectors / np.where(lengths > 0, lengths, 1), strict=True))

    def similarities(self, queries: list[str], references: list[str]) -> np.ndarray:
        """Cosines, −1…1."""
        first, second = (
            np.stack([self._units[image] for image in images]) for images in (queries, references)
        )
        return first @ second.T


def read_bytes(path: Path) -> bytes:
    """Content of an image file.

    Raises
    ------
    StudyError
        Where it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path}: cannot be read: {error.strerror}") from error


def read_image(path: Path) -> Image.Image:
    """An RGB image.

    Raises
    ------
    StudyError
        Where the file is none.
    """
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise StudyError(f"{path}: not a readable image: {error}") from error
