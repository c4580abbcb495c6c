"""What machine observers see: pixels, statistics, layers of networks, activations."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from conditions.errors import StudyError
from experiment.observers.embeddings.choose import load_embedding
from experiment.observers.embeddings.embedding import VectorEmbedding
from experiment.observers.embeddings.oracle import Oracle
from experiment.observers.embeddings.pictures import pixels, statistics
from tests.experiment.rehearsed import SHORT, tiny_study

SIDE = 64


def write(folder: Path, name: str, pixels: np.ndarray) -> str:
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / name)
    return name


def grating(cycles: float, phase: float, colour=(1.0, 1.0, 1.0), across: bool = False):
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    wave = np.sin(2 * np.pi * cycles * (y if across else x) + phase)
    return 128 + 100 * wave[..., None] * np.array(colour)


@pytest.fixture
def gratings(tmp_path) -> dict[str, str]:
    """Fine and coarse gratings of two phases, one of them turned, and one coloured."""
    content = {
        "fine": grating(16, 0),
        "fine_shifted": grating(16, np.pi),
        "fine_turned": grating(16, 0, across=True),
        "coarse": grating(2, 0),
        "coarse_shifted": grating(2, np.pi),
        "red": grating(16, 0, (1.0, 0.1, 0.1)) + np.array([60, -60, -60]),
    }
    return {name: write(tmp_path, f"{name}.png", array) for name, array in content.items()}


def seen(embedding, folder, names: dict[str, str]) -> pd.DataFrame:
    files = list(names.values())
    embedding.look(folder, files)
    return pd.DataFrame(embedding.similarities(files, files), index=names, columns=names)


def test_pixels_see_place_and_statistics_do_not(tmp_path, gratings):
    by_pixels = seen(pixels(), tmp_path, gratings)
    by_statistics = seen(statistics(), tmp_path, gratings)
    assert by_pixels.loc["coarse", "coarse_shifted"] < -0.5
    assert by_statistics.loc["coarse", "coarse_shifted"] > 0.9
    assert by_statistics.loc["fine", "fine_shifted"] > 0.75
    for other in ("coarse", "fine_turned", "red"):
        assert by_statistics.loc["fine", other] < 0.6


def test_an_image_is_most_like_itself(tmp_path, gratings):
    for embedding in (pixels(), statistics()):
        found = seen(embedding, tmp_path, gratings)
        assert np.diag(found) == pytest.approx(1)
        assert (found.to_numpy() <= 1 + 1e-9).all()


def test_where_the_zero_of_an_embedding_lies_does_not_matter(tmp_path, gratings):
    def vectors(images):
        return np.stack([np.asarray(image, dtype=float)[::16, ::16].ravel() for image in images])

    here = seen(VectorEmbedding("a", "observer", {}, vectors), tmp_path, gratings)
    there = seen(
        VectorEmbedding("b", "observer", {}, lambda images: vectors(images) + 1e4),
        tmp_path,
        gratings,
    )
    np.testing.assert_allclose(here, there, atol=1e-3)


def test_each_image_is_embedded_once_whatever_its_name(tmp_path, gratings):
    count = []

    def vectors(images):
        count.append(len(images))
        return np.stack([np.asarray(image, dtype=float).ravel() for image in images])

    (tmp_path / "copy.png").write_bytes((tmp_path / gratings["fine"]).read_bytes())
    embedding = VectorEmbedding("a", "observer", {}, vectors)
    embedding.look(tmp_path, [*gratings.values(), "copy.png"])
    embedding.look(tmp_path, list(gratings.values())[:3])
    assert sum(count) == len(gratings)


def test_the_oracle_goes_by_activation():
    rows = [
        {"unit": "u", "name": "photos", "pole": "max" if i > 2 else "min"}
        | {"activation": float(i), "path": f"{name}{i}"}
        for name in "ab"
        for i in range(5)
    ]
    made = {"unit": "u", "name": "dreams", "pole": "max", "activation": 99.0, "path": "c"}
    alone, oracle = (Oracle(pd.DataFrame(shown), "photos") for shown in (rows, [*rows, made]))
    # What is no photograph has no part in what is much and what is little.
    assert oracle.similarities(["a2"], ["b3"]) == alone.similarities(["a2"], ["b3"])
    found = oracle.similarities(["a0", "a4"], ["b3", "b4", "b1"])
    assert (found[1] > found[0])[:2].all()
    assert found[1, 2] < found[0, 2]
    with pytest.raises(StudyError, match=r"other\.png: not in the table of stimuli"):
        oracle.look(Path(), ["other.png"])


def test_a_layer_sees_what_the_network_answers(tmp_path):
    from stimgen.activations import activations_of, as_tensor
    from stimgen.models.registry import load_model

    folder = tiny_study(tmp_path, parts=SHORT)
    images = [path.relative_to(folder.path).as_posix() for path in folder.path.rglob("max_*.png")]
    images = sorted(images)[:6]
    embedding = load_embedding("efficientnet_lite0:block05", folder)
    embedding.look(folder.path, images)
    model = load_model("efficientnet_lite0", device="cpu")
    opened = [as_tensor(Image.open(folder.path / image).convert("RGB")) for image in images]
    import torch

    with torch.inference_mode():
        vectors = activations_of(model, torch.stack(opened), {"block05": None})["block05"].numpy()
    vectors = vectors - vectors.mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(
        embedding.similarities(images, images), vectors @ vectors.T, atol=1e-4
    )
    assert embedding.facts["layer"] == "block05"
    assert len(embedding.facts["weights_sha256"]) == 64
    assert load_embedding("efficientnet_lite0", folder).facts["layer"] == "block12"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_network", "unknown model 'no_such_network'"),
        ("efficientnet_lite0:block77", "has no layer 'block77'"),
        ("pixels:deep", "pixels has neither layers nor weights"),
        ("lpips:deep", "wanted lpips:alex"),
        ("dreamsim:deep", "wanted one of ensemble"),
    ],
)
def test_an_unknown_embedding_names_what_is_known(tmp_path, name, words):
    with pytest.raises(StudyError, match=words):
        load_embedding(name, tiny_study(tmp_path, parts=SHORT))


@pytest.mark.parametrize("name", ["lpips", "dreamsim"])
def test_a_missing_package_says_what_to_install(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(StudyError, match=r"pip install -r requirements-similarity\.txt"):
        load_embedding(name, tiny_study(tmp_path, parts=SHORT))


def test_lpips_takes_its_trunk_from_a_file(tmp_path):
    pytest.importorskip("lpips", reason="requirements-similarity.txt is not installed")
    import torch
    from torchvision.models import alexnet

    folder = tiny_study(tmp_path, parts=SHORT)
    torch.manual_seed(0)
    torch.save(alexnet(weights=None).state_dict(), tmp_path / "alexnet.pth")
    images = sorted(p.relative_to(folder.path).as_posix() for p in folder.path.rglob("max_*.png"))
    embedding = load_embedding("lpips", folder, tmp_path / "alexnet.pth")
    embedding.look(folder.path, images[:3])
    found = embedding.similarities(images[:3], images[:3])
    assert np.diag(found) == pytest.approx(1)
    assert found[0, 1] == pytest.approx(found[1, 0])
    assert found[0, 1] < 1
