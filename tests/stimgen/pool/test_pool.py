"""Pools of every kind, and files of every kind of damage."""

import contextlib
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from conditions.errors import StudyError
from conditions.study.recipes import ImageSize
from stimgen.pool.decode import BACKDROP, SMALLEST_SIDE, Status, UnusableImageError, decode
from stimgen.pool.find import open_pool
from stimgen.pool.loader import load_batches
from stimgen.pool.names import Names

SIZE = ImageSize(resize=72, crop=64)


def picture(seed: int, width: int = 120, height: int = 90) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, file_format: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


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


def test_an_upright_rgb_image_is_resized_and_cropped_only():
    image, converted = decode(encoded(picture(1)), SIZE)
    assert (image.mode, image.size, converted) == ("RGB", (64, 64), "")
    whole = picture(1).resize((96, 72), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(image, whole.crop((16, 4, 80, 68)))


def test_a_crop_fills_the_square():
    image, _ = decode(encoded(picture(1)), SIZE, (10, 10, 80, 80))
    expected = picture(1).crop((10, 10, 80, 80)).resize((64, 64), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize(
    ("content", "converted"),
    [
        (encoded(picture(1).convert("L"), "JPEG"), "L"),
        (encoded(picture(1).convert("CMYK"), "JPEG"), "CMYK"),
        (encoded(picture(1).convert("P")), "P"),
        (encoded(picture(1).convert("LA")), "LA"),
        (encoded(picture(1).convert("1")), "1"),
        (encoded(picture(1).convert("I;16")), "I;16"),
        (encoded(picture(1), "GIF"), "P"),
    ],
    ids=["grey", "cmyk", "palette", "grey alpha", "bilevel", "16 bit", "gif"],
)
def test_other_modes_become_rgb(content, converted):
    image, found = decode(content, SIZE)
    assert (image.mode, image.size) == ("RGB", (64, 64))
    assert converted in found


def test_transparent_pixels_show_the_grey_of_the_screen():
    image, _ = decode(encoded(Image.new("RGBA", (90, 90), (255, 0, 0, 0))), SIZE)
    assert image.getpixel((30, 30)) == BACKDROP


def test_16_bit_greys_are_scaled_not_clipped():
    ramp = Image.fromarray(np.full((90, 90), 32768, dtype=np.uint16))
    image, _ = decode(encoded(ramp), SIZE)
    assert abs(image.getpixel((30, 30))[0] - 127.5) <= 1


def test_a_photograph_taken_sideways_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = picture(1).transpose(Image.Transpose.ROTATE_90)
    image, converted = decode(encoded(sideways, "PNG", exif=exif), SIZE)
    upright, _ = decode(encoded(picture(1)), SIZE)
    assert converted == "rotated"
    np.testing.assert_array_equal(image, upright)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", Status.BROKEN),
        (b"no image at all", Status.BROKEN),
        (encoded(picture(1), "JPEG")[:600], Status.BROKEN),
        (encoded(picture(1))[:-40], Status.BROKEN),
        (encoded(picture(1, 200, SMALLEST_SIDE - 1)), Status.TOO_SMALL),
    ],
    ids=["empty", "text", "torn jpeg", "torn png", "tiny"],
)
def test_damaged_and_tiny_files_are_told_apart(content, status):
    with pytest.raises(UnusableImageError) as error:
        decode(content, SIZE)
    assert error.value.status == status
    assert error.value.detail


@given(st.binary(max_size=300), st.integers(0, 2000), st.integers(0, 255))
def test_any_damage_gives_an_image_or_a_reason(junk, place, value):
    content = bytearray(encoded(picture(1), "JPEG"))
    content[place % len(content)] = value
    for damaged in (bytes(content), bytes(content[:place]) + junk, junk):
        # Anything but an image or an UnusableImageError fails the test.
        with contextlib.suppress(UnusableImageError):
            image, _ = decode(damaged, SIZE)
            assert image.size == (64, 64)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_names_are_a_list_of_texts(texts):
    names = Names(texts)
    assert list(names) == texts
    assert names[1:] == texts[1:]
    assert len(names) == len(texts)
    with pytest.raises(IndexError):
        names[len(texts)]
