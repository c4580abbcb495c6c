"""Which pool the natural images of a study folder come from, and what ranked it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.folder import StudyFolder
from conditions.study.recipes import ImageSize
from stimgen.models.model import Model
from stimgen.pool.finding.find import absolute, open_pool
from stimgen.pool.images import Pool
from stimgen.pool.names import from_written, written


class ScannedPool(BaseModel):
    """Content of ``scanned.json``, which lies beside the pool's images.

    Attributes
    ----------
    pool : str
        What the user called the pool, as :func:`~stimgen.pool.names.written` writes it.
    path : str
        Where it lay then, from the root of the file system, written so too; or ``embedded``.
    images : int
        Number of its images, usable or not.
    sha256 : str
        Its fingerprint, see :mod:`stimgen.pool.identity`.
    weights_sha256 : str
        The weights of the network that ranked it.
    maps_sha256 : dict of str to str
        The maps of the study's readouts, as they were then.
    pixels_sha256 : str or None
        SHA-256 over the digests of all images' pixels as they were when they were ranked; None
        where an earlier version did that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    pool: str = Field(min_length=1)
    path: str = Field(min_length=1)
    images: int
    sha256: str
    weights_sha256: str
    pixels_sha256: str | None = None
    maps_sha256: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.path} ({self.images} images, fingerprint {self.sha256[:8]})"


def scanned_file(folder: StudyFolder) -> Path:
    """Where the pool is noted."""
    return folder.stimuli / folder.study.photographs / "scanned.json"


def scanned_pool(folder: StudyFolder) -> ScannedPool | None:
    """The pool that a folder's natural images come from, or None where it is not noted.

    Raises
    ------
    StudyError
        Where the note is damaged.
    """
    path = scanned_file(folder)
    if not path.exists():
        return None
    try:
        return ScannedPool.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise StudyError(
            f"{path}: damaged ({where}: {first['msg']}), so that nobody knows which pool the "
            "natural images come from: restore it, or begin another folder (another --root)"
        ) from error


def described(
    pool: Pool, weights_sha256: str, maps_sha256: dict[str, str] | None = None
) -> ScannedPool:
    """A pool as it is noted."""
    return ScannedPool(
        pool=written(pool.name),
        path=written(absolute(pool.name)),
        images=len(pool),
        sha256=pool.fingerprint(),
        weights_sha256=weights_sha256,
        maps_sha256=maps_sha256 or {},
    )


def note_scanned(folder: StudyFolder, pool: ScannedPool) -> None:
    """Note the pool, before the first image out of it is written."""
    if scanned_pool(folder) != pool:
        write_json(scanned_file(folder), pool.model_dump())


def refuse_other_weights(folder: StudyFolder, model: Model, noted: ScannedPool | None) -> None:
    """Refuse to go on with other weights than those that ranked a folder's natural images.

    Raises
    ------
    StudyError
        Where ``model`` has others, or a readout another map.
    """
    if noted is None:
        return
    same = noted.weights_sha256 == model.weights_sha256
    if not same and noted.weights_sha256 != model.file_sha256:
        raise StudyError(
            f"{folder.stimuli}: its natural images were ranked by other weights of {model.name} "
            f"(SHA-256 {noted.weights_sha256[:8]}…) than those of {model.weights_source} "
            f"({model.weights_sha256[:8]}…); give the former weights, or begin another folder "
            "(another --root)"
        )
    for name, sha256 in noted.maps_sha256.items():
        if model.dictionaries.get(name, sha256) != sha256:
            raise StudyError(
                f"{folder.stimuli}: its natural images were ranked with another map of the readout "
                f"{name} (SHA-256 {sha256[:8]}…) than {folder.study.readouts[name].map} "
                f"({model.dictionaries[name][:8]}…); give the former one, or begin another folder "
                "(another --root)"
            )


def open_scanned(path: str, size: ImageSize, fingerprint: str) -> Pool:
    """Open a pool that was scanned, as it was then; ``path`` is that of the note.

    Raises
    ------
    StudyError
        Where it is not there, or holds other images.
    """
    pool = open_pool(from_written(path), size)
    if pool.fingerprint() != fingerprint:
        raise StudyError(
            f"pool {path}: has changed since it was scanned (now {len(pool)} images, "
            f"fingerprint {pool.fingerprint()[:8]}, then {fingerprint[:8]}): {AS_IT_WAS}"
        )
    return pool


AS_IT_WAS = (
    "put its files back as they were (a large pool is also known by their times of modification: "
    "restore with cp -p or rsync -t), or begin another folder (another --root)"
)
