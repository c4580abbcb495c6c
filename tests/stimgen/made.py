"""A tiny study, all of its images, and how two sets of them are compared."""

from pathlib import Path

import numpy as np
import pandas as pd

from conditions.files import sha256_of
from conditions.folder import StudyFolder, open_study
from stimgen.kinds.references import make_references
from stimgen.models.registry import load_model
from stimgen.natural.step import make_natural
from stimgen.work.workers import Workers


def make_all(study_file: Path, root: Path, *by: Workers) -> StudyFolder:
    folder = make_natural_images(study_file, root, *by)
    make_references(folder, load_model("efficientnet_lite0", device="cpu"), *by)
    return folder


def make_natural_images(study_file: Path, root: Path, *by: Workers) -> StudyFolder:
    folder = open_study(str(study_file), root)
    model = load_model("efficientnet_lite0", device="cpu")
    # Small batches make many spans, and many checkpoints to see.
    make_natural(folder, model, None, False, *by, batch_size=8, workers=0)
    return folder


def assert_same_images(found: StudyFolder, wanted: StudyFolder) -> None:
    """Photographs, what is made of them and tables to the byte; visualisations nearly."""
    for name in ("units.csv", "pool.csv", "histogram.csv", "pool_report.csv"):
        assert (found.stimuli / name).read_bytes() == (wanted.stimuli / name).read_bytes(), name
    tables = [pd.read_csv(folder.stimuli_table) for folder in (found, wanted)]
    natural = [table[table["name"] != "synthetic"] for table in tables]
    pd.testing.assert_frame_equal(*natural)
    for row in natural[0].itertuples():
        assert sha256_of(found.path / row.path) == row.sha256
    synthetic = [table[table["name"] == "synthetic"].reset_index(drop=True) for table in tables]
    assert list(synthetic[0]["path"]) == list(synthetic[1]["path"])
    np.testing.assert_allclose(
        synthetic[0]["activation"], synthetic[1]["activation"], rtol=1e-3, atol=1e-3
    )
    assert not list(found.path.glob(".shared-*"))
