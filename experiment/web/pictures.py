"""Images as the page loads them: lossless WebP, named by the SHA-256 of their bytes."""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path

import pandas as pd
from PIL import Image

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from experiment.screen.trials.examples import example_images

# Larger efforts than this take longer and gain one part in fifty.
_METHOD = 2


class Pictures:
    """The images of a page; ``names`` are those of their files, without ending, by path.

    Parameters
    ----------
    where : Path
        The folder they are written to.
    """

    def __init__(self, where: Path) -> None:
        self._where = where
        self.names: dict[str, str] = {}
        where.mkdir(parents=True)

    def add_files(self, folder: StudyFolder, paths: Sequence[str]) -> Iterator[str]:
        """Add image files of a study, one after the other, as they become ready.

        Raises
        ------
        StudyError
            Where a file is no image, or the pixels of its copy are not its own.
        """
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for path, content in zip(
                paths, pool.map(partial(_encoded, folder.path), paths), strict=True
            ):
                self.names[path] = self._keep(content)
                yield path

    def add_example(self, side: int, trials: Mapping[int, pd.DataFrame]) -> dict:
        """Add the drawn patterns of the example.

        Parameters
        ----------
        side : int
            Of the study's images, in pixels.
        trials : mapping
            All condition files: the example is like the trial with the most references.

        Returns
        -------
        dict
            ``n_references``, ``with_min``, and by the correct query the files by column.
        """
        asked = pd.concat(trials.values())
        asked = asked[asked["upper"].notna()]
        n_references = int(asked["n_references"].max())
        like = asked[asked["n_references"] == n_references]
        with_min = bool(like["left_title"].notna().any())
        files = {
            correct: {
                column: self._keep(lossless(image))
                for column, image in example_images(side, n_references, with_min, correct).items()
            }
            for correct in ("upper", "lower")
        }
        return {"n_references": n_references, "with_min": with_min, "files": files}

    def _keep(self, content: bytes) -> str:
        name = sha256(content).hexdigest()
        path = self._where / f"{name}.webp"
        if not path.exists():
            path.write_bytes(content)
        return name


def lossless(image: Image.Image) -> bytes:
    """An RGB image as a WebP file that decodes to the same pixels.

    Raises
    ------
    ValueError
        Where it does not.
    """
    stream = io.BytesIO()
    image.save(stream, "WEBP", lossless=True, exact=True, method=_METHOD)
    content = stream.getvalue()
    with Image.open(io.BytesIO(content)) as back:
        if back.convert("RGB").tobytes() != image.tobytes():
            raise ValueError("the pixels of the WebP file are not those of the image")
    return content


def _encoded(root: Path, path: str) -> bytes:
    try:
        # Without a colour profile, as a session shows them.
        with Image.open(root / path) as opened:
            return lossless(opened.convert("RGB"))
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise StudyError(f"{root / path}: {error}") from error
