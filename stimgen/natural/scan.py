"""One pass over a pool for all units: extremes, sample, and what became of every image."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from conditions.files import atomic_path
from conditions.study import ImageSize
from stimgen.activations import channel_means
from stimgen.models import Model
from stimgen.natural.extremes import Extremes, ExtremesCollector
from stimgen.natural.precision import autocast
from stimgen.pool.decode import USABLE, Status
from stimgen.pool.images import Pool
from stimgen.pool.loader import ImageBatch, load_batches

SAMPLED = 2048
CHECKPOINT_IMAGES = 20_000


@dataclass(frozen=True)
class ScanSettings:
    """How a pool is scanned; a stopped scan goes on only with the same settings."""

    kept: int
    batch_size: int = 32
    workers: int = 2
    autocast: bool = False
    sampled: int = SAMPLED
    checkpoint_images: int = CHECKPOINT_IMAGES


@dataclass(frozen=True)
class PoolScan:
    """A scanned pool.

    Attributes
    ----------
    extremes : Extremes
        Columns in the order of the units that were asked for.
    status : ndarray
        :class:`Status` of every image of the pool, duplicates marked.
    duplicate_of : ndarray
        For duplicates the place of the first image with the same bytes or pixels, else -1.
    details : dict of int to str
        What was converted or wrong, for images where something was.
    """

    extremes: Extremes
    status: np.ndarray
    duplicate_of: np.ndarray
    details: dict[int, str]

    @property
    def n_images(self) -> int:
        """Number of different usable images."""
        return int(np.isin(self.status, USABLE).sum())

    def select(self, columns: np.ndarray) -> "PoolScan":
        """The same scan with some of its units."""
        return replace(self, extremes=self.extremes.select(columns))


def scan(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: list[tuple[str, int]],
    settings: ScanSettings,
    checkpoints: Path,
    on_images: Callable[[int], None] = lambda n: None,
) -> PoolScan:
    """Rank a pool for all units in one forward pass an image.

    Memory does not grow with the pool but for some 33 bytes and the name of each image.

    Parameters
    ----------
    model : Model
        The network, run as deep as the deepest unit.
    pool : Pool
        The images.
    size : ImageSize
        How they are resized and cropped.
    units : list of (str, int)
        Layers and channels.
    settings : ScanSettings
        Images kept a pole, and how the work is done.
    checkpoints : Path
        Folder for the state of a stopped scan: the next call with the same model, pool, units and
        settings goes on there and gives what an uninterrupted one would have.
    on_images : callable, optional
        Called with the number of images done since the last call.
    """
    state = _State(checkpoints / f"{_key(model, pool, size, units, settings)}.npz", len(pool))
    collector = ExtremesCollector(len(units), settings.kept, settings.sampled, model.device)
    if state.extremes is not None:
        collector.resume(state.extremes)
        on_images(state.done)
    columns = columns_of(units)
    seen = _Seen(state)
    batches = load_batches(
        pool, size, settings.batch_size, settings.workers, state.done, model.device.type == "cuda"
    )
    since_checkpoint = 0
    for batch in batches:
        earlier = seen.earlier(batch)
        new = batch.usable & (earlier < 0)
        if new.any():
            # The whole batch, so that an image's activation does not depend on which are new.
            activations = unit_activations(model, batch.pixels, columns, settings.autocast)
            rows = torch.from_numpy(np.flatnonzero(new)).to(activations.device)
            collector.add(activations[rows], batch.indices[new], batch.digests[new])
        state.note(batch, earlier)
        on_images(len(batch.indices))
        since_checkpoint += len(batch.indices)
        if since_checkpoint >= settings.checkpoint_images:
            state.save(collector.result())
            since_checkpoint = 0
    extremes = collector.result()
    # Kept until the images are written: a stop before that costs no second scan.
    state.save(extremes)
    return PoolScan(extremes, state.status, state.duplicate_of, state.details)


def _key(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: list[tuple[str, int]],
    settings: ScanSettings,
) -> str:
    # Workers and checkpoints change nothing in the result; the batch size may, in the last digits.
    how = {k: v for k, v in asdict(settings).items() if k not in ("workers", "checkpoint_images")}
    facts = [model.name, model.weights_sha256, pool.fingerprint(), size.model_dump(), units, how]
    return "scan-" + hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def columns_of(units: list[tuple[str, int]]) -> dict[str, tuple[list[int], list[int]]]:
    """For each layer the channels, and the columns that they go to."""
    columns: dict[str, tuple[list[int], list[int]]] = {}
    for column, (layer, channel) in enumerate(units):
        channels, places = columns.setdefault(layer, ([], []))
        channels.append(channel)
        places.append(column)
    return columns


def unit_activations(
    model: Model,
    pixels: torch.Tensor,
    columns: dict[str, tuple[list[int], list[int]]],
    reduced: bool,
) -> torch.Tensor:
    """Activations of units for a batch of images.

    Parameters
    ----------
    model : Model
        The network.
    pixels : Tensor
        N × side × side × 3, uint8.
    columns : dict
        For each layer channels and their columns, see :func:`columns_of`.
    reduced : bool
        Compute in reduced precision.

    Returns
    -------
    Tensor
        N × units float32, on the model's device.
    """
    images = pixels.to(model.device, non_blocking=True).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode(), autocast(model.device, reduced):
        means = channel_means(model, images, list(columns))
    count = sum(len(places) for _, places in columns.values())
    result = torch.empty((len(pixels), count), device=model.device)
    for layer, (channels, places) in columns.items():
        result[:, places] = means[layer][:, channels].float()
    return result


class _State:
    """What a stopped scan needs to go on: on disk after every stretch."""

    def __init__(self, path: Path, n_images: int) -> None:
        self._path = path
        self.done = 0
        self.extremes: Extremes | None = None
        self.status = np.full(n_images, Status.GOOD, dtype=np.uint8)
        self.digests = np.zeros(n_images, dtype=np.uint64)
        self.duplicate_of = np.full(n_images, -1, dtype=np.int64)
        self.details: dict[int, str] = {}
        if path.exists():
            with np.load(path) as saved:
                fields = {name: saved[name] for name in Extremes.__dataclass_fields__}
                self.extremes = Extremes(**fields)
                self.done = int(saved["done"])
                for name in _PER_IMAGE:
                    getattr(self, name)[: self.done] = saved[name]
                self.details = {int(k): v for k, v in json.loads(str(saved["details"])).items()}

    def note(self, batch: ImageBatch, duplicate_of: np.ndarray) -> None:
        status = np.where(duplicate_of >= 0, np.uint8(Status.DUPLICATE), batch.status)
        self.status[batch.indices] = status
        self.digests[batch.indices] = batch.digests
        self.duplicate_of[batch.indices] = duplicate_of
        details = zip(batch.indices, batch.details, strict=True)
        self.details |= {int(index): text for index, text in details if text}
        self.done = int(batch.indices[-1]) + 1

    def save(self, extremes: Extremes) -> None:
        with atomic_path(self._path) as temporary:
            np.savez(
                temporary,
                done=self.done,
                details=json.dumps(self.details),
                **{name: getattr(self, name)[: self.done] for name in _PER_IMAGE},
                **{name: getattr(extremes, name) for name in Extremes.__dataclass_fields__},
            )


_PER_IMAGE = ("status", "digests", "duplicate_of")


class _Seen:
    """Which pixels have been seen before; 16 bytes an image.

    Equal files have equal pixels, so that their digest alone finds both kinds of duplicates.
    """

    _MOST_RECENT = 1 << 16

    def __init__(self, state: _State) -> None:
        usable = np.flatnonzero(np.isin(state.status[: state.done], USABLE))
        order = np.argsort(state.digests[usable])
        self._images = usable[order]
        self._digests = state.digests[self._images]
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
