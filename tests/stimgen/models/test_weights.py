"""Weights: their identity, the files that hold them, and the odd things that come instead."""

import gzip
import hashlib
import io
import pickle
import re
import urllib.error
from functools import partial

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from conditions.errors import StudyError
from stimgen.models.weights import downloads
from stimgen.models.weights.downloads import downloaded_weights
from stimgen.models.weights.files import read_weights
from stimgen.models.weights.filling import built, fill, freeze, put, state_hash


def small() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU(inplace=True))


def saved(path, content):
    torch.save(content, path)
    return path


def test_the_hash_of_single_precision_is_that_of_earlier_studies():
    torch.manual_seed(0)
    net = small()
    digest = hashlib.sha256()
    for key, tensor in sorted(net.state_dict().items()):
        digest.update(key.encode() + tensor.numpy().tobytes())
    assert state_hash(net) == digest.hexdigest()


def test_all_kinds_of_tensors_have_a_hash():
    net = nn.Module()
    net.a = nn.Parameter(torch.ones(3, 2, dtype=torch.bfloat16).T)
    for kind in (torch.float16, torch.float8_e4m3fn, torch.int8, torch.bool, torch.complex64):
        net.register_buffer(f"of_{kind}".replace(".", "_"), torch.tensor(1).to(kind))
    net.register_buffer("none", torch.zeros(0, 3))
    hashes = {state_hash(net)}
    with torch.no_grad():
        net.a[0, 1] = 2
    hashes.add(state_hash(net))
    net.of_torch_int8 += 1
    assert len(hashes | {state_hash(net)}) == 3


def test_the_hash_goes_by_values_not_by_how_they_lie_in_memory():
    net = freeze(small())
    before = state_hash(net)
    assert state_hash(net.to(memory_format=torch.channels_last)) == before


def test_what_a_module_notes_besides_tensors_is_no_weight():
    class Noting(nn.Linear):
        def get_extra_state(self):
            return {"calls": id(self)}

        def set_extra_state(self, state):
            pass

    torch.manual_seed(0)
    one = Noting(2, 2)
    other = Noting(2, 2)
    other.weight, other.bias = one.weight, one.bias
    assert state_hash(one) == state_hash(other)


@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
def test_a_network_has_one_identity_whatever_kind_of_file_it_came_in(tmp_path, kind):
    tensors = {k: v.to(kind) for k, v in small().state_dict().items()}
    as_torch = saved(tmp_path / "weights.pth", tensors)
    as_parameters = saved(
        tmp_path / "p.bin", {k: nn.Parameter(v, requires_grad=False) for k, v in tensors.items()}
    )
    save_file(tensors, tmp_path / "weights.safetensors")
    save_file(tensors, tmp_path / "renamed.pth")
    paths = [as_torch, as_parameters, tmp_path / "weights.safetensors", tmp_path / "renamed.pth"]
    hashes = {state_hash(fill(small(), path)) for path in paths}
    assert len(hashes) == 1
    assert next(fill(small(), as_torch).parameters()).dtype == torch.float32


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    saved(tmp_path / "w.pth", small().state_dict())
    assert set(read_weights(type(tmp_path)("~/w.pth"))) == set(small().state_dict())
    with pytest.raises(StudyError, match="no such user"):
        read_weights(type(tmp_path)("~nobody-of-that-name/w.pth"))


def test_weights_of_a_gpu_are_read_where_there_is_none(tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(torch.serialization, "location_tag", lambda storage: "cuda:3")
        path = saved(tmp_path / "gpu.pth", small().state_dict())
    assert b"cuda:3" in path.read_bytes()
    assert {tensor.device.type for tensor in read_weights(path).values()} == {"cpu"}


@pytest.mark.parametrize("prefixes", ["module.", "_orig_mod.", "module._orig_mod."])
def test_names_of_a_wrapper_are_taken_off(tmp_path, prefixes):
    net = small()
    path = saved(tmp_path / "w.pth", {prefixes + k: v for k, v in net.state_dict().items()})
    assert state_hash(fill(small(), path)) == state_hash(net)


def test_a_network_of_which_a_part_is_named_as_a_wrapper_is_filled(tmp_path):
    net = nn.ModuleDict({"module": small()})
    path = saved(tmp_path / "w.pth", net.state_dict())
    assert state_hash(fill(nn.ModuleDict({"module": small()}), path)) == state_hash(net)


def whole() -> dict[str, torch.Tensor]:
    return {"a": torch.ones(4), "b": torch.ones(2, 2)}


def with_value(name: str, value: float) -> dict[str, torch.Tensor]:
    tensors = whole()
    tensors[name].view(-1)[1] = value
    return tensors


BAD = {
    "a list": ([torch.zeros(2)], "a list of 1: wanted tensors by name"),
    "a tensor": (torch.zeros(2, 3), "a single tensor of 2 × 3: wanted tensors by name"),
    "nothing": ({}, "dict of 0: wanted tensors by name"),
    "numbers for names": ({0: torch.zeros(2)}, "with 0: .*no names"),
    "a checkpoint": (
        {"epoch": 3, "state_dict": whole()},
        "a dictionary with epoch, state_dict: wanted tensors by name; save its state_dict alone",
    ),
    "a number among them": ({"a": torch.zeros(2), "epoch": 3}, "by name, but epoch is of type int"),
    "code": ({"a": print}, "not a file of weights only: it also holds .*print; save the network's"),
    "a network": (
        nn.Linear(2, 2),
        r"also holds .*Linear.*; save the network's state_dict\(\) alone",
    ),
    "NaN": (with_value("b", float("nan")), "b has 1 NaN or infinite values among 4: not the"),
    "infinite": (with_value("a", -float("inf")), "a has 1 NaN or infinite values among 4"),
    "NaN in all": (
        {k: v * float("nan") for k, v in whole().items()},
        "a has 4 NaN or infinite values among 4, and so have 1 other",
    ),
    "half NaN": ({"a": torch.full((2,), float("nan")).half()}, "a has 2 NaN"),
    "a byte's NaN": (
        {"a": torch.tensor([1, float("nan")]).to(torch.float8_e4m3fn)},
        "a has 1 NaN or infinite values among 2",
    ),
    "sparse": ({"a": torch.eye(3).to_sparse()}, "a is a sparse tensor"),
    "values left out": ({"a": torch.zeros(3, device="meta")}, r"a is an empty \(meta\) tensor"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_whole_tensors_by_name_is_refused_in_a_line(tmp_path, what):
    content, told = BAD[what]
    path = saved(tmp_path / "bad.pth", content)
    with pytest.raises(StudyError, match=told) as refused:
        read_weights(path)
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


def bytes_of(tmp_path, safe: bool) -> bytes:
    path = tmp_path / "whole"
    tensors = {"a": torch.ones(1000)}
    if safe:
        save_file(tensors, path)
    else:
        torch.save(tensors, path)
    return path.read_bytes()


def test_files_that_hold_no_weights_at_all_are_refused_in_a_line(tmp_path):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    for name, content, told in [
        ("empty.pth", b"", "an empty file"),
        ("lfs.pth", pointer, "git lfs pull"),
        ("page.pth", b"\n<!DOCTYPE html><html>404", "a web page, not weights"),
        ("cut.pth", bytes_of(tmp_path, False)[:2000], "its end is missing: was it copied in full"),
        ("cut.safetensors", bytes_of(tmp_path, True)[:2000], "not a whole safetensors file"),
        ("tiny.safetensors", b"abc", "not a whole safetensors file"),
        ("text.pth", b"some words", "not a file of weights only"),
        ("pickle.pth", pickle.dumps({"a": [1]}), "not a file of weights only"),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(StudyError, match=told) as refused:
            read_weights(path)
        assert str(refused.value).startswith(str(path))
        assert "\n" not in str(refused.value)
    with pytest.raises(StudyError, match="no such file; it is to hold the model's weights"):
        read_weights(tmp_path / "none.pth")
    with pytest.raises(StudyError, match="a folder; wanted the file"):
        read_weights(tmp_path)


def test_files_of_other_kinds_are_told_apart(tmp_path):
    save = partial(torch.save, _use_new_zipfile_serialization=False)
    path = tmp_path / "w.pth"
    save(whole(), path)
    old = path.read_bytes()
    assert set(read_weights(path)) == {"a", "b"}
    save(nn.Linear(2, 2), path)
    old_network = path.read_bytes()
    np.savez(tmp_path / "w.npz", kernel=np.ones(3))
    compiled = io.BytesIO()
    torch.jit.save(torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2)), compiled)
    for content, told in [
        (old[:-10], "its end is missing"),
        (old[:60], "its end is missing"),
        (old_network, r"also holds torch\.nn\.modules\.linear\.Linear; save the network's state"),
        ((tmp_path / "w.npz").read_bytes(), r"a zip archive of other things \(kernel\.npy\)"),
        (compiled.getvalue(), "a TorchScript archive, which is code"),
        (b"\x89HDF\r\n\x1a\n" + bytes(200), "an HDF5 file"),
        (gzip.compress(old), "a gzip archive: unpack it"),
        (bytes(1000), "neither torch nor safetensors has written it"),
    ]:
        path.write_bytes(content)
        with pytest.raises(StudyError, match=f"not a file of weights only: .*{told}") as refused:
            read_weights(path)
        assert "\n" not in str(refused.value)


def test_weights_of_another_network_are_refused_by_the_first_name_and_its_shapes(tmp_path):
    net = small()
    for changed, told in [
        ({"0.weight": torch.ones(5, 3, 1, 1)}, "0.weight is 5 × 3 × 1 × 1, wanted 4 × 3 × 1 × 1"),
        ({"0.weight": torch.ones(2), "0.bias": torch.ones(2)}, "wanted 4 × 3 × 1 × 1 .and 1 more"),
        ({"0.weight": torch.ones(4, 3, 1, 1, dtype=torch.int8)}, "0.weight is torch.int8, wanted"),
        ({"0.more": torch.ones(1)}, "0.more is unknown to it$"),
        ({"0.bias": None, "9.a": torch.ones(1)}, "0.bias is missing, 9.a is unknown to it$"),
        ({"1.weight": torch.ones(()), "0.bias": None}, "1.weight is one number, wanted 4$"),
    ]:
        tensors = {k: v for k, v in (net.state_dict() | changed).items() if v is not None}
        path = saved(tmp_path / "other.pth", tensors)
        wanted = re.escape(str(path)) + ": weights do not fit the model: .*" + told
        with pytest.raises(StudyError, match=wanted):
            fill(small(), path)


def test_a_network_of_an_older_torch_is_read(tmp_path):
    """Batch normalisation had no count of its batches then."""
    tensors = {k: v for k, v in small().state_dict().items() if "num_batches" not in k}
    assert not fill(small(), saved(tmp_path / "old.pth", tensors)).training


def test_a_network_that_asks_for_its_version_is_filled_from_files_that_tell_none(tmp_path):
    from torchvision.models import mnasnet0_5

    net = mnasnet0_5()
    save_file(net.state_dict(), tmp_path / "w.safetensors")
    assert state_hash(fill(mnasnet0_5(), tmp_path / "w.safetensors")) == state_hash(net)


def test_a_filled_network_is_frozen(tmp_path):
    net = fill(small().train(), saved(tmp_path / "w.pth", small().state_dict()))
    assert not net.training
    assert not net[2].inplace
    assert not any(parameter.requires_grad for parameter in net.parameters())


def test_a_builder_that_is_content_with_a_part_of_the_weights_is_not_let_through():
    def builder() -> nn.Module:
        net = small()
        net.load_state_dict({"0.bias": torch.ones(4)}, strict=False)
        return net

    with pytest.raises(StudyError, match=r"here: weights do not fit.*0\.weight is missing \(and"):
        built(builder, "here")
    assert nn.Module.load_state_dict(small(), small().state_dict()), "as before"


def test_tensors_are_not_changed_by_filling_a_network_with_them():
    tensors = small().state_dict()
    names = list(tensors)
    assert state_hash(put(small(), tensors, "here")) == state_hash(put(small(), tensors, "here"))
    assert list(tensors) == names


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
