"""Batches of decoded images, made by parallel workers in the order of the pool."""

import math
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import USABLE, Status, UnusableImageError
from stimgen.pool.decoding.quick import decode_for_scan, digest_of
from stimgen.pool.images import Pool

# Batches that a worker has ready.
PREFETCHED = 4

# What becomes of an image, the digest of its pixels, and what was converted or wrong.
_Found = tuple[Status, int, str]


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
        Processes that decode; 0 decodes in this one, in as many threads as torch computes with,
        as does a daemon whatever is given.
    span : range, optional
        Places of the images, by default all; a start at a multiple of the batch size keeps the
        batches of a run from the beginning.
    pin_memory : bool
        Put pixels where a GPU can copy them from without waiting.
    """
    # A worker of a cluster may not have processes of its own.
    workers = 0 if multiprocessing.current_process().daemon else workers
    span = range(len(pool)) if span is None else span
    decoded = _DecodedBatches(pool, size, span, batch_size)
    if workers == 0:
        yield from _in_threads(decoded, pin_memory)
        return
    yield from DataLoader(
        decoded,
        batch_size=None,
        num_workers=workers,
        collate_fn=_as_it_is,
        pin_memory=pin_memory,
        prefetch_factor=PREFETCHED,
    )


class _DecodedBatches(Dataset):
    """The batches of a pool, each decoded when it is asked for."""

    def __init__(self, pool: Pool, size: ImageSize, span: range, batch_size: int) -> None:
        self._pool, self._size = pool, size
        self._span, self._batch_size = span, batch_size

    def __len__(self) -> int:
        return math.ceil(len(self._span) / self._batch_size)

    def __getitem__(self, number: int) -> ImageBatch:
        return self.begin(number, map)()

    def begin(self, number: int, do: Callable[..., Iterable[_Found]]) -> Callable[[], ImageBatch]:
        """Have a batch's images decoded by ``do``, a kind of ``map``; the result waits for it."""
        start, side = number * self._batch_size, self._size.crop
        indices = self._span[start : start + self._batch_size]
        pixels = np.zeros((len(indices), side, side, 3), dtype=np.uint8)
        found = do(self._decode, indices, pixels)

        def batch() -> ImageBatch:
            status, digests, details = zip(*found, strict=True)
            return ImageBatch(
                np.array(indices, dtype=np.int64),
                torch.from_numpy(pixels),
                np.array(status, dtype=np.uint8),
                np.array(digests, dtype=np.uint64),
                list(details),
            )

        return batch

    def _decode(self, index: int, target: np.ndarray) -> _Found:
        try:
            content = self._pool.read(index)
        except OSError as error:
            return Status.UNREADABLE, 0, error.strerror or str(error)
        try:
            pixels, converted = decode_for_scan(content, self._size, self._pool.box(index))
        except UnusableImageError as error:
            return error.status, 0, error.detail
        target[:] = pixels
        return Status.CONVERTED if converted else Status.GOOD, digest_of(pixels), converted


def _in_threads(decoded: _DecodedBatches, pin_memory: bool) -> Iterator[ImageBatch]:
    # Decoding, resizing and hashing go on outside the interpreter's lock, and the next batch is
    # decoded while the network is at work on this one.
    with ThreadPoolExecutor(torch.get_num_threads()) as threads:
        coming = None
        for number in range(len(decoded)):
            batch = (coming or decoded.begin(number, threads.map))()
            if number + 1 < len(decoded):
                coming = decoded.begin(number + 1, threads.map)
            yield batch.pin_memory() if pin_memory else batch


def _as_it_is(batch: Any) -> Any:
    return batch
