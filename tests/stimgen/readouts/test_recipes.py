"""Maps of common tools, written in a line each: what the tool itself gives of the layer."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import NMF, PCA
from sklearn.linear_model import LogisticRegression
from torch import nn

from conditions.study.readouts import ReadoutChoice
from stimgen.activations import activations_of, layer_maps
from stimgen.models.open import with_readouts

SIDE = 64
IMAGES = torch.rand(6, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(4))


@pytest.fixture(scope="module")
def values(lite0) -> np.ndarray:
    """Of block02, images · positions × channels."""
    with torch.inference_mode():
        maps = layer_maps(lite0, IMAGES, ["block02"])["block02"]
    return maps.permute(0, 2, 3, 1).flatten(0, 2).double().numpy()


def units(lite0, path, activation="none"):
    """Images × units, each the mean over positions."""
    fields = {"layer": "block02", "map": path, "activation": activation}
    model = with_readouts(lite0, {"own": ReadoutChoice.model_validate(fields)}, SIDE)
    with torch.inference_mode():
        return activations_of(model, IMAGES, {"own": None})["own"].numpy()


def pooled(codes):
    return codes.reshape(len(IMAGES), -1, codes.shape[1]).mean(1)


def test_principal_components(lite0, tmp_path, values):
    pca = PCA(4).fit(values)
    np.savez(tmp_path / "pca.npz", weights=pca.components_, centre=pca.mean_)
    wanted = pooled(pca.transform(values))
    np.testing.assert_allclose(units(lite0, tmp_path / "pca.npz"), wanted, rtol=1e-4, atol=1e-3)


def test_factors_of_nmf_as_in_craft(lite0, tmp_path, values):
    """The codes of least squares, those below 0 set to 0."""
    nmf = NMF(4, init="nndsvda", random_state=0).fit(values.clip(0))
    np.savez(tmp_path / "nmf.npz", weights=np.linalg.pinv(nmf.components_).T)
    codes = np.linalg.lstsq(nmf.components_.T, values.T, rcond=None)[0].T.clip(0)
    found = units(lite0, tmp_path / "nmf.npz", "relu")
    np.testing.assert_allclose(found, pooled(codes), rtol=1e-4, atol=1e-3)


def test_a_linear_probe(lite0, tmp_path, values):
    probe = LogisticRegression(max_iter=2000).fit(values / 10, values[:, 3] > values[:, 5])
    np.savez(tmp_path / "probe.npz", weights=probe.coef_ / 10, bias=probe.intercept_)
    wanted = pooled(probe.decision_function(values / 10)[:, None])
    np.testing.assert_allclose(units(lite0, tmp_path / "probe.npz"), wanted, rtol=1e-4, atol=1e-3)


def test_a_sparse_autoencoder(lite0, tmp_path, values):
    torch.manual_seed(1)
    encoder, decoder = nn.Linear(24, 50), nn.Linear(50, 24)
    np.savez(
        tmp_path / "sae.npz",
        weights=encoder.weight.detach(),
        bias=encoder.bias.detach(),
        centre=decoder.bias.detach(),
    )
    with torch.inference_mode():
        latents = encoder(torch.from_numpy(values).float() - decoder.bias).relu().numpy()
    found = units(lite0, tmp_path / "sae.npz", "relu")
    np.testing.assert_allclose(found, pooled(latents), rtol=1e-4, atol=1e-3)
