"""Weights that are fetched: once, whole, and by the hash of their name."""

import hashlib
import urllib.error

import pytest
import torch

from conditions.errors import StudyError
from stimgen.models.weights import downloads
from stimgen.models.weights.downloads import downloaded_weights
from tests.stimgen.models.networks import bytes_of


class FakeServer:
    """In the place of what opens an address."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __call__(self, request):
        self.asked = request.full_url
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def info(self):
        return {}

    def read(self, size: int) -> bytes:
        content, self.content = self.content[:size], self.content[size:]
        return content


class NoHeaders(dict):
    def get_all(self, _):
        return None


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A function that says what is to come from any address; torch's store is a new folder."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "store"))

    def sends(content: bytes) -> None:
        fake = FakeServer(content)
        fake.info = NoHeaders
        monkeypatch.setattr(torch.hub, "urlopen", fake)

    return sends


def test_a_download_is_fetched_once_and_its_hash_is_that_of_its_name(server, tmp_path):
    content = bytes_of(tmp_path, False)
    digest = hashlib.sha256(content).hexdigest()
    url = f"https://example.org/models/net-{digest[:8]}.pth?download=1"
    server(content)
    assert downloaded_weights(url)["a"].sum() == 1000
    server(b"not asked for again")
    assert downloaded_weights(url)["a"].sum() == 1000
    server(content)
    with pytest.raises(
        StudyError, match="another file than the published one came from https"
    ) as e:
        downloaded_weights("https://example.org/net-0123abcd.pth")
    assert digest in str(e.value)
    assert not list(tmp_path.glob("store/hub/checkpoints/net-0123abcd*"))


def test_a_broken_download_says_what_to_delete(server, tmp_path):
    server(bytes_of(tmp_path, False)[:2000])
    with pytest.raises(
        StudyError, match=r"net\.pth: .*its end is missing.*delete it to fetch it ag"
    ):
        downloaded_weights("https://example.org/net.pth")


def test_without_a_network_a_line_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def nobody(*_, **__):
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(torch.hub, "urlopen", nobody)
    with pytest.raises(
        StudyError,
        match=r"cannot download the weights from https://example\.org/n.*"
        "fetch the file elsewhere and name it as model.weights",
    ):
        downloads.download("https://example.org/n.pth")
