"""Pools of every kind, and files of every kind of damage."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.pool.decoding.decode import Status
from stimgen.pool.finding.find import open_pool
from stimgen.pool.loader import load_batches
from tests.stimgen.pool.decoding.pictures import encoded, picture

SIZE = ImageSize(resize=72, crop=64)


@pytest.fixture
def tree(tmp_path) -> Path:
    """An ImageFolder tree of six photographs, with files that are none beside them."""
    for i in range(6):
        path = tmp_path / "tree" / f"class_{i % 2}" / f"image {i}.JPEG"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(picture(i), "JPEG"))
    (tmp_path / "tree" / "README.txt").write_text("no image")
    (tmp_path / "tree" / "class_0" / "._image 0.JPEG").write_bytes(b"left by macOS")
    return tmp_path / "tree"


def pixels_of(pool) -> list[bytes]:
    batches = list(load_batches(pool, SIZE, batch_size=4, workers=0))
    assert all(np.isin(batch.status, [Status.GOOD, Status.CONVERTED]).all() for batch in batches)
    return [image.numpy().tobytes() for batch in batches for image in batch.pixels]


def test_the_same_images_from_a_tree_a_flat_folder_a_list_and_shards(tree, tmp_path):
    files = sorted(tree.rglob("image*.JPEG"))
    flat = tmp_path / "flat"
    flat.mkdir()
    for i, file in enumerate(files):
        (flat / f"{i}.jpg").write_bytes(file.read_bytes())
    listed = tmp_path / "list.txt"
    lines = [str(file.relative_to(tmp_path)) for file in files[:3]] + [str(f) for f in files[3:]]
    listed.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    shards = tmp_path / "shards"
    shards.mkdir()
    for number, part in enumerate((files[:4], files[4:])):
        with tarfile.open(shards / f"shard-{number}.tar", "w") as archive:
            for file in part:
                archive.add(file, arcname=file.name)
                label = tarfile.TarInfo(file.stem + ".cls")
                label.size = 1
                archive.addfile(label, io.BytesIO(b"7"))
    expected = pixels_of(open_pool(str(tree), SIZE))
    assert len(expected) == 6
    for name in (flat, listed, shards):
        assert pixels_of(open_pool(str(name), SIZE)) == expected, name
    one = open_pool(str(shards / "shard-1.tar"), SIZE)
    assert pixels_of(one) == expected[4:]
    assert one.source(0) == f"shard-1.tar:{files[4].name}"


def test_workers_keep_the_order(tree):
    pool = open_pool(str(tree), SIZE)
    alone = [b.digests.tolist() for b in load_batches(pool, SIZE, batch_size=2, workers=0)]
    shared = [b.digests.tolist() for b in load_batches(pool, SIZE, batch_size=2, workers=2)]
    assert alone == shared
    rest = [b.digests.tolist() for b in load_batches(pool, SIZE, 2, 0, range(2, len(pool)))]
    assert rest == alone[1:]


def test_the_embedded_pool_never_enlarges_much_and_names_its_crops():
    pool = open_pool("embedded", ImageSize(resize=216, crop=192))
    photographs = {pool.photograph(i) for i in range(len(pool))}
    assert 250 <= len(photographs) <= 300
    assert len(pool) > 3 * len(photographs)
    crop = next(i for i in range(len(pool)) if pool.box(i))
    left, upper, right, lower = pool.box(crop)
    assert pool.source(crop) == f"{pool.photograph(crop)}[{left},{upper},{right},{lower}]"
    assert right - left == lower - upper >= 192 / 1.15


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "neither 'embedded'"), ("empty", "found no images"), ("torn.tar", "not a whole")],
)
def test_a_pool_that_is_none_is_named(tmp_path, name, words):
    (tmp_path / "empty").mkdir()
    (tmp_path / "torn.tar").write_bytes(b"no tar file" * 100)
    with pytest.raises(StudyError, match=words):
        open_pool(str(tmp_path / name), SIZE)
