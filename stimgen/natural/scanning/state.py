"""The state of a scan: what has become of every image, on disk, and the pixels seen before."""

import json
from pathlib import Path

import numpy as np

from conditions.files import atomic_path
from stimgen.natural.scanning.extremes import Extremes
from stimgen.natural.scanning.not_finite import NotFinite
from stimgen.pool.decoding.decode import USABLE, Status
from stimgen.pool.loader import ImageBatch


class ScanState:
    """What a stopped scan needs to go on: on disk after every stretch.

    Arrays have an entry an image of the span; ``done`` counts those that are valid.
    """

    def __init__(self, path: Path, span: range) -> None:
        self._path = path
        self.start = span.start
        self.done = 0
        self.extremes: Extremes | None = None
        self.status = np.full(len(span), Status.GOOD, dtype=np.uint8)
        self.digests = np.zeros(len(span), dtype=np.uint64)
        self.duplicate_of = np.full(len(span), -1, dtype=np.int64)
        self.details: dict[int, str] = {}
        self.not_finite = NotFinite()
        if path.exists():
            with np.load(path) as saved:
                fields = {name: saved[name] for name in Extremes.__dataclass_fields__}
                self.extremes = Extremes(**fields)
                self.done = int(saved["done"])
                for name in _PER_IMAGE:
                    getattr(self, name)[: self.done] = saved[name]
                self.details = {int(k): v for k, v in json.loads(str(saved["details"])).items()}
                self.not_finite = NotFinite(
                    **{name: saved[name] for name in NotFinite.__dataclass_fields__}
                )

    def note(self, batch: ImageBatch, duplicate_of: np.ndarray) -> None:
        """Take a batch down; ``duplicate_of`` gives earlier equal images, or -1."""
        status = np.where(duplicate_of >= 0, np.uint8(Status.DUPLICATE), batch.status)
        places = batch.indices - self.start
        self.status[places] = status
        self.digests[places] = batch.digests
        self.duplicate_of[places] = duplicate_of
        details = zip(batch.indices, batch.details, strict=True)
        self.details |= {int(index): text for index, text in details if text}
        self.done = int(places[-1]) + 1

    def save(self, extremes: Extremes, not_finite: NotFinite) -> None:
        """Write all to the file; what is given is that of all images so far."""
        with atomic_path(self._path) as temporary:
            np.savez(
                temporary,
                done=self.done,
                details=json.dumps(self.details),
                **{name: getattr(self, name)[: self.done] for name in _PER_IMAGE},
                **{name: getattr(extremes, name) for name in Extremes.__dataclass_fields__},
                **{name: getattr(not_finite, name) for name in NotFinite.__dataclass_fields__},
            )


_PER_IMAGE = ("status", "digests", "duplicate_of")


class SeenPixels:
    """Which pixels have been seen before; 16 bytes an image.

    Equal files have equal pixels, so that their digest alone finds both kinds of duplicates.
    """

    _MOST_RECENT = 1 << 16

    def __init__(self, state: ScanState) -> None:
        usable = np.flatnonzero(np.isin(state.status[: state.done], USABLE))
        order = np.argsort(state.digests[usable])
        self._images = usable[order] + state.start
        self._digests = state.digests[usable[order]]
        self._recent: dict[int, int] = {}

    def earlier(self, batch: ImageBatch) -> np.ndarray:
        """For each image the place of an earlier equal one, or -1 (also for unusable ones)."""
        found = np.full(len(batch.indices), -1, dtype=np.int64)
        for place in np.flatnonzero(batch.usable):
            digest, image = batch.digests[place], int(batch.indices[place])
            known = self._recent.get(int(digest), self._long_known(digest))
            if known is None:
                self._recent[int(digest)] = image
            else:
                found[place] = known
        if len(self._recent) > self._MOST_RECENT:
            self._file_recent()
        return found

    def _long_known(self, digest: np.uint64) -> int | None:
        place = int(np.searchsorted(self._digests, digest))
        if place < len(self._digests) and self._digests[place] == digest:
            return int(self._images[place])
        return None

    def _file_recent(self) -> None:
        digests = np.fromiter(self._recent.keys(), dtype=np.uint64, count=len(self._recent))
        images = np.fromiter(self._recent.values(), dtype=np.int64, count=len(self._recent))
        digests = np.concatenate([self._digests, digests])
        order = np.argsort(digests)
        self._digests = digests[order]
        self._images = np.concatenate([self._images, images])[order]
        self._recent = {}
