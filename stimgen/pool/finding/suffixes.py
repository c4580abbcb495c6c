"""What a file's name says: a photograph, a shard, something else, or not for our eyes."""

# Of the formats that are decoded, see stimgen.pool.decoding.decode.
IMAGES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"),
    *(".bmp", ".tif", ".tiff", ".gif", ".ppm"),
}
# Photographs as cameras and telephones store them, which it does not know.
FOREIGN = {
    *(".heic", ".heif", ".avif", ".jxl", ".jp2", ".psd"),
    *(".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef"),
}
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".z")
_COMPRESSED_TARS = (".tgz", ".tbz", ".tbz2", ".txz", ".tzst")
# Folders of systems and storage boxes, with thumbnails or what was deleted.
_HIDDEN_FOLDERS = {
    *("__macosx", "@eadir", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"),
    *("$recycle.bin", "recycler", "system volume information", "lost+found"),
}


def suffix(name: str) -> str:
    """The suffix in lower case, empty where there is none; ``name`` may be a path with slashes.

    Blanks and dots at the end, which Windows would not store, and the line ends that a script may
    leave there do not count.
    """
    stem, dot, end = name.rpartition("/")[2].rstrip(" .\r\n\t").rpartition(".")
    return dot + end.lower() if stem else ""


def is_image(name: str) -> bool:
    """Whether a file is a photograph by its name."""
    return suffix(name) in IMAGES


def is_shard(name: str) -> bool:
    """Whether a file is a tar shard by its name."""
    return suffix(name) == ".tar"


def is_compressed_shard(name: str) -> bool:
    """Whether a file is a compressed tar by its name."""
    end = suffix(name)
    inner = name.rstrip(" .\r\n\t")[: -len(end) or None]
    return end in _COMPRESSED_TARS or (end in _COMPRESSED and is_shard(inner))


def is_hidden(part: str) -> bool:
    """Whether a file or folder is one that a file manager would not show, or a system's own.

    Names alone decide, so that a pool is the same on every system. macOS leaves ``._`` files beside
    the real ones.
    """
    return part.startswith(".") or part.casefold() in _HIDDEN_FOLDERS
