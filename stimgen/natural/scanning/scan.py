"""One pass over a pool for all units: extremes, sample, and what became of every image."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypedDict

import numpy as np
import PIL
import torch

from conditions.study.recipes import ImageSize
from stimgen.models.model import Model
from stimgen.natural.scanning.activations import columns_of, unit_activations
from stimgen.natural.scanning.collector import ExtremesCollector
from stimgen.natural.scanning.extremes import Extremes
from stimgen.natural.scanning.not_finite import NotFinite
from stimgen.natural.scanning.state import ScanState, SeenPixels
from stimgen.pool.decoding.decode import USABLE, Status
from stimgen.pool.images import Pool
from stimgen.pool.loader import load_batches

SAMPLED = 2048
CHECKPOINT_IMAGES = 20_000
# Of the states of scans: those of another version are not gone on with.
VERSION = 2


@dataclass(frozen=True)
class ScanSettings:
    """How a pool is scanned; a stopped scan goes on only with the same settings."""

    kept: int
    batch_size: int = 32
    workers: int = 2
    autocast: bool = False
    sampled: int = SAMPLED
    checkpoint_images: int = CHECKPOINT_IMAGES


class HowToScan(TypedDict, total=False):
    """The settings that a user may choose, see :class:`ScanSettings`."""

    batch_size: int
    workers: int
    autocast: bool


@dataclass(frozen=True)
class PoolScan:
    """A scanned pool, or a span of it.

    Attributes
    ----------
    start : int
        Place of the first image in the pool.
    extremes : Extremes
        Columns in the order of the units that were asked for.
    status : ndarray
        :class:`Status` of every image, duplicates within the span marked.
    digests : ndarray
        uint64: digests of their pixels, see :class:`ImageBatch`.
    duplicate_of : ndarray
        For duplicates the place of the first image with the same bytes or pixels, else -1.
    details : dict of int to str
        What was converted or wrong, by place, for images where something was.
    not_finite : NotFinite
        The images for which activations are not finite numbers, duplicates not among them.
    """

    start: int
    extremes: Extremes
    status: np.ndarray
    digests: np.ndarray
    duplicate_of: np.ndarray
    details: dict[int, str]
    not_finite: NotFinite = field(default_factory=NotFinite)

    @property
    def n_images(self) -> int:
        """Number of different usable images."""
        return int(np.isin(self.status, USABLE).sum())

    def select(self, columns: np.ndarray) -> "PoolScan":
        """The same scan with some of its units."""
        return replace(self, extremes=self.extremes.select(columns))

    def merge(self, other: "PoolScan") -> "PoolScan":
        """The scan of this span and the next one together, as one pass over both gives it."""
        if other.start != self.start + len(self.status):
            raise ValueError(
                f"the spans are no neighbours: {len(self.status)} images from {self.start} on, "
                f"then those from {other.start} on"
            )
        status = np.concatenate([self.status, other.status])
        digests = np.concatenate([self.digests, other.digests])
        duplicate_of = np.concatenate([self.duplicate_of, other.duplicate_of])
        shown = np.flatnonzero(np.isin(status, (*USABLE, Status.DUPLICATE)))
        _, first, group = np.unique(digests[shown], return_index=True, return_inverse=True)
        earliest = shown[first[group]]
        again = earliest != shown
        status[shown[again]] = Status.DUPLICATE
        duplicate_of[shown[again]] = earliest[again] + self.start
        return PoolScan(
            self.start,
            self.extremes.merge(other.extremes),
            status,
            digests,
            duplicate_of,
            self.details | other.details,
            # What is a duplicate now was none within its span.
            self.not_finite.followed_by(other.not_finite).without(shown[again] + self.start),
        )


def scan(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: list[tuple[str, int]],
    settings: ScanSettings,
    checkpoints: Path,
    on_images: Callable[[int], None] = lambda n: None,
    span: range | None = None,
) -> PoolScan:
    """Rank a pool, or a span of it, for all units in one forward pass an image.

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
    span : range, optional
        Places of the images, by default all. The scans of spans that begin at multiples of the
        batch size merge to the scan of the whole.
    """
    span = range(len(pool)) if span is None else span
    state = ScanState(state_file(model, pool, size, units, settings, checkpoints, span), span)
    collector = ExtremesCollector(len(units), settings.kept, settings.sampled, model.device)
    if state.extremes is not None:
        collector.resume(state.extremes)
        on_images(state.done)
    begun = state.not_finite
    columns = columns_of(units)
    seen = SeenPixels(state)
    left = span[state.done :]
    on_gpu = model.device.type == "cuda"
    batches = load_batches(pool, size, settings.batch_size, settings.workers, left, on_gpu)
    since_checkpoint = 0
    for batch in batches:
        earlier = seen.earlier(batch)
        new = batch.usable & (earlier < 0)
        if new.any():
            # The whole batch, so that an image's activation does not depend on which are new.
            activations = unit_activations(model, batch.pixels, columns, settings.autocast)
            if settings.autocast and not activations.isfinite().all():
                # Reduced precision overflows where full precision does not.
                full = unit_activations(model, batch.pixels, columns, False)
                activations = activations.where(activations.isfinite(), full)
            rows = torch.from_numpy(np.flatnonzero(new)).to(activations.device)
            collector.add(activations[rows], batch.indices[new], batch.digests[new])
        state.note(batch, earlier)
        on_images(len(batch.indices))
        since_checkpoint += len(batch.indices)
        if since_checkpoint >= settings.checkpoint_images:
            state.save(collector.result(), begun.followed_by(collector.not_finite()))
            since_checkpoint = 0
    extremes, not_finite = collector.result(), begun.followed_by(collector.not_finite())
    # Kept until the images are written: a stop before that costs no second scan.
    state.save(extremes, not_finite)
    per_image = (state.status, state.digests, state.duplicate_of)
    return PoolScan(span.start, extremes, *per_image, state.details, not_finite)


def state_file(
    model: Model,
    pool: Pool,
    size: ImageSize,
    units: list[tuple[str, int]],
    settings: ScanSettings,
    checkpoints: Path,
    span: range,
) -> Path:
    """Where the state of a scan lies: for all that decides its result another file."""
    # Workers and checkpoints change nothing in the result; the batch size may, in the last digits.
    how = {k: v for k, v in asdict(settings).items() if k not in ("workers", "checkpoint_images")}
    facts: list[object] = [VERSION, model.name, model.weights_sha256, pool.fingerprint()]
    if model.dictionaries:
        facts.append(model.dictionaries)
    # Other versions of the libraries may decode and resize to other pixels.
    facts += [size.model_dump(), units, how, PIL.__version__, torch.__version__]
    if len(span) < len(pool):
        facts += [span.start, span.stop]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    return checkpoints / f"scan-{key}.npz"
