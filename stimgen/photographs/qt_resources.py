"""Reader of Qt binary resource files (``.rcc``)."""

import struct
import zlib

import zstandard

_DIRECTORY, _ZLIB, _ZSTD = 0x02, 0x01, 0x04


def read_resources(blob: bytes) -> dict[str, bytes]:
    """Read every file out of a Qt binary resource.

    Parameters
    ----------
    blob : bytes
        Content of the ``.rcc`` file, format versions 1 to 3.

    Returns
    -------
    dict of str to bytes
        Unpacked content by path inside the resource, without a leading slash.

    Raises
    ------
    ValueError
        If ``blob`` isn't a Qt binary resource of a known version.
    """
    if blob[:4] != b"qres":
        raise ValueError("not a Qt binary resource: it does not start with 'qres'")
    version, tree, data, names = struct.unpack_from(">4I", blob, 4)
    if not 1 <= version <= 3:
        raise ValueError(f"Qt binary resource of version {version}; 1 to 3 are known")
    node_size = 14 if version == 1 else 22
    files: dict[str, bytes] = {}

    def visit(index: int, folder: list[str]) -> None:
        at = tree + index * node_size
        name_at, flags = struct.unpack_from(">IH", blob, at)
        path = folder + ([_name(blob, names + name_at)] if index else [])
        if flags & _DIRECTORY:
            count, first = struct.unpack_from(">II", blob, at + 6)
            for child in range(first, first + count):
                visit(child, path)
        else:
            (data_at,) = struct.unpack_from(">I", blob, at + 10)
            files["/".join(path)] = _content(blob, data + data_at, flags)

    visit(0, [])
    return files


def _name(blob: bytes, at: int) -> str:
    """Return the node name stored at `at`: its length, a hash, then UTF-16."""
    (length,) = struct.unpack_from(">H", blob, at)
    return blob[at + 6 : at + 6 + 2 * length].decode("utf-16-be")


def _content(blob: bytes, at: int, flags: int) -> bytes:
    """Return the unpacked bytes of the file stored at `at`."""
    (length,) = struct.unpack_from(">I", blob, at)
    packed = blob[at + 4 : at + 4 + length]
    if flags & _ZSTD:
        return zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    if flags & _ZLIB:
        return zlib.decompress(packed[4:])
    return packed
