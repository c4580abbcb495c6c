"""Batches of decoded images, made by parallel workers in the order of the pool."""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from conditions.study.recipes import ImageSize
from stimgen.pool.decode import USABLE, Status, UnusableImageError
from stimgen.pool.images import Pool
from stimgen.pool.quick import decode_for_scan, digest_of


@dataclass(frozen=True)
class ImageBatch:
    """Consecutive images of a pool.

    Attributes
    ----------
    indices : ndarray
        Places in the pool, int64.
    pixels : Tensor
        N × crop × crop × 3, uint8; zeros where an image is not usable.
    status : ndarray
        :class:`Status` of each, uint8 (duplicates are not known yet).
    digests : ndarray
        uint64: the first 8 bytes of the SHA-256 of the pixels, 0 where an image is not usable.
    details : list of str
        What was converted or wrong.
    """

    indices: np.ndarray
    pixels: torch.Tensor
    status: np.ndarray
    digests: np.ndarray
    details: list[str]

    @property
    def usable(self) -> np.ndarray:
        """Which images can be chosen, bool."""
        return np.isin(self.status, USABLE)

    def pin_memory(self) -> "ImageBatch":
        """The same batch with its pixels in pinned memory (called by torch's loader)."""
        return replace(self, pixels=self.pixels.pin_memory())


def load_batches(
    pool: Pool,
    size: ImageSize,
    batch_size: int,
    workers: int,
    span: range | None = None,
    pin_memory: bool = False,
) -> Iterator[ImageBatch]:
    """Decode the pool, or a span of it, batch by batch.

    Parameters
    ----------
    pool : Pool
        The images.
    size : ImageSize
        How they are resized and cropped.
    batch_size : int
        Images in a batch; the last may be smaller.
    workers : int
        Processes that decode; 0 decodes in this one, as does a daemon whatever is given.
    span : range, optional
        Places of the images, by default all; a start at a multiple of the batch size keeps the
        batches of a run from the beginning.
    pin_memory : bool
        Put pixels where a GPU can copy them from without waiting.
    """
    # A worker of a cluster may not have processes of its own.
    workers = 0 if multiprocessing.current_process().daemon else workers
    dataset = _PoolDataset(pool, size, range(len(pool)) if span is None else span)
    loader = DataLoader(
        dataset,
        batch_size=batch_size,
        num_workers=workers,
        collate_fn=_collate,
        pin_memory=pin_memory,
        prefetch_factor=4 if workers else None,
    )
    yield from loader


class _PoolDataset(Dataset):
    def __init__(self, pool: Pool, size: ImageSize, span: range) -> None:
        self._pool, self._size, self._span = pool, size, span

    def __len__(self) -> int:
        return len(self._span)

    def __getitem__(self, place: int) -> tuple[int, np.ndarray | None, Status, int, str]:
        index = self._span[place]
        try:
            content = self._pool.read(index)
        except OSError as error:
            return index, None, Status.UNREADABLE, 0, error.strerror or str(error)
        try:
            pixels, converted = decode_for_scan(content, self._size, self._pool.box(index))
        except UnusableImageError as error:
            return index, None, error.status, 0, error.detail
        status = Status.CONVERTED if converted else Status.GOOD
        return index, pixels, status, digest_of(pixels), converted


def _collate(rows: list[tuple]) -> ImageBatch:
    indices, pixels, status, digests, details = zip(*rows, strict=True)
    shown = [p for p in pixels if p is not None]
    shape = shown[0].shape if shown else (1, 1, 3)
    stacked = np.zeros((len(rows), *shape), dtype=np.uint8)
    for place, image in enumerate(pixels):
        if image is not None:
            stacked[place] = image
    return ImageBatch(
        np.array(indices, dtype=np.int64),
        torch.from_numpy(stacked),
        np.array(status, dtype=np.uint8),
        np.array(digests, dtype=np.uint64),
        list(details),
    )
