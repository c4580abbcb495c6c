"""Provenance of a step of stimulus generation."""

import time

import torch

from conditions.folder import StudyFolder
from conditions.provenance import write_provenance
from stimgen.models.model import Model

PACKAGES = ("torch", "torchvision", "torch-lucent", "efficientnet-lite-pytorch", "numpy", "pillow")


def record_step(
    folder: StudyFolder, model: Model, name: str, started: float, **facts: object
) -> None:
    """Write ``stimuli/NAME/provenance.json``.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    model : Model
        The network; its weights' source and hash are recorded, and the hashes of the maps of the
        study's readouts.
    name : str
        The study's name of the kind.
    started : float
        ``time.monotonic()`` at the beginning of the step.
    **facts
        What else decided the result.
    """
    write_provenance(
        folder.stimuli / name / "provenance.json",
        folder.study,
        PACKAGES,
        time.monotonic() - started,
        model=model.name,
        weights=model.weights_source,
        weights_sha256=model.weights_sha256,
        **({"maps_sha256": model.dictionaries} if model.dictionaries else {}),
        device=str(model.device),
        threads=torch.get_num_threads(),
        **facts,
    )
