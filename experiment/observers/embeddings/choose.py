"""An embedding by its name."""

import re
from collections.abc import Callable
from pathlib import Path

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.stimuli import read_stimuli
from experiment.observers.embeddings.embedding import Embedding
from experiment.observers.embeddings.network import network
from experiment.observers.embeddings.oracle import Oracle
from experiment.observers.embeddings.perceptual import Lpips, dreamsim
from experiment.observers.embeddings.pictures import pixels, statistics


def load_embedding(name: str, folder: StudyFolder, weights: Path | None = None) -> Embedding:
    """An embedding.

    Parameters
    ----------
    name : str
        ``pixels``, ``statistics``, ``oracle``, ``lpips`` or ``lpips:TRUNK``, ``dreamsim`` or
        ``dreamsim:KIND``, else ``MODEL`` or ``MODEL:LAYER`` of the registry of models.
    folder : StudyFolder
        The study: the oracle reads its table of stimuli.
    weights : Path, optional
        File (DreamSim: folder) of weights, for those that have any.

    Raises
    ------
    StudyError
        For an unknown name, a package that is missing, or weights that cannot be had.
    """
    kind, _, part = name.partition(":")
    plain: dict[str, Callable[[], Embedding]] = {
        "pixels": pixels,
        "statistics": statistics,
        "oracle": lambda: Oracle(read_stimuli(folder), folder.study.photographs),
    }
    if kind in plain:
        if part or weights:
            extra = f":{part}" if part else f" --weights {weights}"
            raise StudyError(f"embedding {kind}{extra}: {kind} has neither layers nor weights")
        return plain[kind]()
    if kind == "lpips":
        return Lpips(part or "alex", weights)
    if kind == "dreamsim":
        return dreamsim(part or "ensemble", weights)
    return network(name, weights)


def as_folder_name(text: str) -> str:
    """A name that every file system takes.

    >>> as_folder_name("efficientnet_lite0:block12")
    'efficientnet_lite0-block12'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)
