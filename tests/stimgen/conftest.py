"""Networks (frozen, so that all tests can share them) and pictures for stimulus generation."""

from pathlib import Path

import pytest
import torch
import yaml
from PIL import Image

from conditions.folder import DESIGNS, StudyFolder
from stimgen.models.registry import load_model
from tests.stimgen.made import make_all
from tests.stimgen.small_pictures import write_pictures


@pytest.fixture(scope="session")
def lite0():
    return load_model("efficientnet_lite0", device="cpu")


@pytest.fixture(scope="session")
def inception(tmp_path_factory):
    """Inception V1 with random weights, from a file as a lab would give it."""
    from lucent.modelzoo.inceptionv1.InceptionV1 import InceptionV1

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "inception.pth"
    torch.save(InceptionV1(pretrained=False).state_dict(), path)
    return load_model("inceptionv1", path, device="cpu")


@pytest.fixture(scope="session")
def photographs(tmp_path_factory) -> Path:
    """A folder of 120 small pictures: ten of them twice, three of no use."""
    folder = tmp_path_factory.mktemp("photographs")
    for i, picture in enumerate(write_pictures(folder, 110)[:10]):
        picture.save(folder / f"again_{i}.webp", lossless=True)
    (folder / "050.png").write_bytes((folder / "050.png").read_bytes()[:500])
    (folder / "051.png").write_bytes(b"")
    Image.new("RGB", (10, 10)).save(folder / "052.png")
    return folder


@pytest.fixture(scope="session")
def study_file(tmp_path_factory, photographs) -> Path:
    """Two units, 24 natural, 4 synthetic and 18 blurred images each, from 120 photographs."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": {"resize": 72, "crop": 64},
        "units": {"main": ["block02_0004", "block02_0007"]},
        "natural": {"pool": str(photographs), "bins": 4, "batches": 3},
        "references": {
            "natural": {"kind": "photographs"},
            "synthetic": {"kind": "visualisation", "images": 2, "steps": 4},
            "blurred": {"kind": "blurred", "of": "natural", "sigma_px": 2},
        },
        "parts": [{"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": 2}],
    }
    path = tmp_path_factory.mktemp("study") / "tiny.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def plain(study_file, tmp_path_factory) -> StudyFolder:
    """All images as one process makes them."""
    return make_all(study_file, tmp_path_factory.mktemp("plain"))
