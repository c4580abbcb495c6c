"""A pool: the images to choose from, in a fixed order, wherever they lie."""

import errno
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from stimgen.pool.identity import fingerprint
from stimgen.pool.names import Names, written

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
    unreadable : dict of int to str, optional
        Why an image cannot be read where that is known, by place: it is never opened.
    remarks : tuple of str, optional
        Lines for the user: what was passed over where the pool was looked for.
    """

    name: str
    root: Path
    names: Names
    spans: np.ndarray | None = None
    members: Names | None = None
    boxes: np.ndarray | None = None
    unreadable: dict[int, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def box(self, index: int) -> Box | None:
        """Crop that an image is, or None for a whole one."""
        if self.boxes is None or not self.boxes[index].any():
            return None
        left, upper, right, lower = (int(side) for side in self.boxes[index])
        return left, upper, right, lower

    def photograph(self, index: int) -> str:
        """Name of the photograph that an image shows: the same for all crops of one.

        A line of printable text, see :func:`~stimgen.pool.names.written`; that of a file, or of a
        shard, a colon and a member.
        """
        if self.members is None:
            return written(self.names[index])
        # The first colon that stands for itself is the one between them.
        shard = written(self.names[index]).replace(":", "\\x3a")
        return f"{shard}:{written(self.members[index])}"

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
        if index in self.unreadable:
            raise OSError(errno.ENOENT, self.unreadable[index])
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
            unreadable={i // step: why for i, why in self.unreadable.items() if i % step == 0},
        )

    def fingerprint(self) -> str:
        """SHA-256 of what makes this pool the one that it is; see :mod:`stimgen.pool.identity`.

        Found once: what is asked for later is the pool as it was the first time.
        """
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        return fingerprint(self.root, self.names, self.spans, self.members, self.boxes)
