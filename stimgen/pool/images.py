"""A pool: the images to choose from, in a fixed order, wherever they lie."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stimgen.pool.names import Names

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Pool:
    """The images to choose from, in a fixed order.

    Parameters
    ----------
    name : str
        What the user called it.
    root : Path
        Folder that names are relative to.
    names : Names
        Files, relative to root; several images may come from one file.
    spans : ndarray, optional
        N × 2 (offset, length) of each image in its file, for tar shards.
    members : Names, optional
        Names of the images within their shards.
    boxes : ndarray, optional
        N × 4 (left, upper, right, lower) crops in pixels; all zero for a whole image.
    """

    name: str
    root: Path
    names: Names
    spans: np.ndarray | None = None
    members: Names | None = None
    boxes: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.names)

    def box(self, index: int) -> Box | None:
        """Crop that an image is, or None for a whole one."""
        if self.boxes is None or not self.boxes[index].any():
            return None
        left, upper, right, lower = (int(side) for side in self.boxes[index])
        return left, upper, right, lower

    def photograph(self, index: int) -> str:
        """Name of the photograph that an image shows: the same for all crops of one."""
        if self.members is not None:
            return f"{self.names[index]}:{self.members[index]}"
        return self.names[index]

    def source(self, index: int) -> str:
        """Name of an image for the tables: the photograph, and the crop in it."""
        box = self.box(index)
        crop = f"[{','.join(map(str, box))}]" if box else ""
        return self.photograph(index) + crop

    def read(self, index: int) -> bytes:
        """The encoded image.

        Raises
        ------
        OSError
            Where the file cannot be read.
        """
        path = self.root / self.names[index]
        if self.spans is None:
            return path.read_bytes()
        offset, length = (int(value) for value in self.spans[index])
        with path.open("rb") as stream:
            stream.seek(offset)
            return stream.read(length)

    def every(self, step: int) -> "Pool":
        """The pool's every so many-th image."""
        return replace(
            self,
            names=Names(self.names[::step]),
            spans=None if self.spans is None else self.spans[::step],
            members=None if self.members is None else Names(self.members[::step]),
            boxes=None if self.boxes is None else self.boxes[::step],
        )

    def fingerprint(self) -> str:
        """SHA-256 over the images' names in order (of two pools with one name, it tells which)."""
        digest = hashlib.sha256()
        for index in range(len(self)):
            digest.update(self.source(index).encode("utf-8", "surrogateescape") + b"\n")
        return digest.hexdigest()
