"""Provenance of a step of stimulus generation."""

import time

import torch

from conditions.commands.command_line import console
from conditions.folder import StudyFolder
from conditions.provenance.runs import (
    add_run,
    begun_run,
    finished_run,
    known_runs,
    several_versions,
)
from stimgen.models.model import Model
from stimgen.stimuli import known_stimuli, one_writer

PACKAGES = ("torch", "torchvision", "torch-lucent", "efficientnet-lite-pytorch", "numpy", "pillow")


class StepRecord:
    """A run of a step in ``stimuli/NAME/provenance.json``, from its first images to its end.

    Says on the console where images that are there are of another version of the laboratory or
    its libraries than those that are to be made.

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

    Raises
    ------
    StudyError
        Where the file is damaged.
    """

    def __init__(self, folder: StudyFolder, model: Model, name: str, started: float) -> None:
        self._folder, self._started = folder, started
        self._path = folder.stimuli / name / "provenance.json"
        known = known_stimuli(folder)
        own = known.loc[known["name"] == name, "path"]
        continues = any((folder.path / path).is_file() for path in own)
        self._run = begun_run(folder.study, PACKAGES, "stimgen", continues) | {
            "model": model.name,
            "weights": model.weights_source,
            "weights_sha256": model.weights_sha256,
            **({"maps_sha256": model.dictionaries} if model.dictionaries else {}),
            "device": str(model.device),
            "threads": torch.get_num_threads(),
        }
        self._is_noted = False
        versions = several_versions([*known_runs(self._path), self._run])
        if versions:
            console.print(
                f"warning: images of {name} that are there were made by another version than the "
                f"one that goes on, and may differ for that alone ({versions}); where that matters "
                "begin another folder (another --root)"
            )

    def begin(self) -> None:
        """Note the run, before its first images are listed: what follows may be broken off."""
        if not self._is_noted:
            self._write(self._run)

    def finish(self, **facts: object) -> None:
        """Note what has become of the run, and what else decided its result."""
        if not self._is_noted:
            facts["left_nothing"] = True
        self._write(finished_run(self._run, time.monotonic() - self._started, **facts))

    def _write(self, run: dict) -> None:
        with one_writer(self._folder):
            add_run(self._path, run)
        self._is_noted = True
