"""Networks for the tests of stimulus generation: frozen, so that all tests can share them."""

import pytest
import torch

from stimgen.models import load_model


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
