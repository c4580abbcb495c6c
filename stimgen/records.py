"""Provenance of a step of stimulus generation."""

import time

import torch

from conditions.folder import StudyFolder
from conditions.provenance import write_provenance
from stimgen.models.model import Model

PACKAGES = ("torch", "torchvision", "torch-lucent", "efficientnet-lite-pytorch", "numpy", "pillow")


def record_step(
    folder: StudyFolder, model: Model, kind: str, started: float, **facts: object
) -> None:
    """Write ``stimuli/KIND/provenance.json``.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    model : Model
        The network; its weights' source and hash are recorded, and the hashes of the maps of the
        study's readouts.
    kind : str
        ``natural`` or ``synthetic``.
    started : float
        ``time.monotonic()`` at the beginning of the step.
    **facts
        What else decided the result.
    """
    write_provenance(
        folder.stimuli / kind / "provenance.json",
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
