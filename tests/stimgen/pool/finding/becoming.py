"""What becomes of the files of a pool, for the tables of the tests of finding."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import Status
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches

SIZE = ImageSize(resize=72, crop=64)


def photograph(seed: int = 0) -> bytes:
    values = np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


PHOTOGRAPH = photograph()


@dataclass(frozen=True)
class Outcome:
    """Images by their names in tables, with what became of each; or why there is no pool."""

    images: dict[str, str]
    remarks: str = ""
    refusal: str = ""


def outcome(pool_name: Path | str) -> Outcome:
    try:
        pool = open_pool(str(pool_name), SIZE)
    except StudyError as error:
        return Outcome({}, refusal=str(error))
    images = {}
    for batch in load_batches(pool, SIZE, batch_size=64, workers=0):
        for index, status, detail in zip(batch.indices, batch.status, batch.details, strict=True):
            word = Status(status).name.lower()
            # What is wrong with a damaged file is the decoder's matter.
            shown = detail and word != "broken"
            images[pool.source(int(index))] = f"{word}: {detail}" if shown else word
    assert len(images) == len(pool), "two images have one name in tables"
    return Outcome(images, "\n".join(pool.remarks))


Make = Callable[[Path], object]


def file(name: str | bytes, content: bytes = PHOTOGRAPH) -> Make:
    """A function that makes a file in a folder."""

    def make(folder: Path) -> None:
        path = folder / (name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return make


def link(name: str, target: str) -> Make:
    """A function that makes a link in a folder."""

    def make(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    return make


def both(*makes: Make) -> Make:
    """A function that does several things."""

    def make(folder: Path) -> None:
        for one in makes:
            one(folder)

    return make
