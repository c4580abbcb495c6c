"""Small pictures and their files, for tests of decoding."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def picture(seed: int, width: int = 120, height: int = 90) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, file_format: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def tiff(values: np.ndarray, **options) -> bytes:
    return encoded(Image.fromarray(values), "TIFF", **options)


def png(
    values: np.ndarray, bits: int, colour: int, key: bytes = b"", palette: bytes = b""
) -> bytes:
    """A PNG of packed rows, with a transparent key: depths and kinds that Pillow does not write."""
    rows = np.atleast_3d(values)
    if bits == 16:
        packed = rows.astype(">u2").reshape(len(rows), -1).view(np.uint8)
    elif bits == 8:
        packed = rows.astype(np.uint8).reshape(len(rows), -1)
    else:
        shifts = np.arange(8 - bits, -1, -bits)
        whole = rows.reshape(len(rows), -1, 8 // bits).astype(np.uint8)
        packed = (whole << shifts).sum(2).astype(np.uint8)
    raw = b"".join(b"\0" + row.tobytes() for row in packed)
    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], bits, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", palette), (b"tRNS", key)]
    chunks += [(b"IDAT", zlib.compress(raw)), (b"IEND", b"")]
    written = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
        if data or name == b"IEND"
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)
