"""Published weights: fetched into torch's own store, once."""

import re
from pathlib import Path
from urllib.parse import urlparse

import torch

from conditions.errors import StudyError
from stimgen.models.weights.files import Tensors, read_weights

# A published file's name may end in the beginning of its SHA-256.
_HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,})\.")


def downloaded_weights(url: str) -> Tensors:
    """Tensors of a published file, fetched into torch's own store where they are not there.

    Raises
    ------
    StudyError
        Where the file cannot be fetched, is not the published one (where its name tells its hash),
        or cannot be read.
    """
    path = download(url)
    try:
        return read_weights(path)
    except StudyError as error:
        raise StudyError(f"{error} (downloaded from {url}; delete it to fetch it again)") from error


def download(url: str) -> Path:
    """A file of weights in torch's own store, fetched where it is not there.

    Raises
    ------
    StudyError
        Where it cannot be fetched, or another file comes than was published.
    """
    name = Path(urlparse(url).path).name
    path = Path(torch.hub.get_dir()) / "checkpoints" / name
    if path.exists():
        return path
    digits = _HASH_IN_NAME.search(name)
    elsewhere = "fetch the file elsewhere and name it as model.weights in the study file"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(path), digits[1] if digits else None)
    except OSError as error:
        raise StudyError(f"cannot download the weights from {url}: {error}; {elsewhere}") from error
    except RuntimeError as error:
        # The only one that torch's loader raises itself.
        raise StudyError(
            f"another file than the published one came from {url}: {error}; {elsewhere}"
        ) from error
    return path
