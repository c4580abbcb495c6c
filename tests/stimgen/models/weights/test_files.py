"""Files that should hold weights, and the odd things that come instead."""

import gzip
import io
import pickle
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from conditions.errors import StudyError
from stimgen.models.weights.files import read_weights
from tests.stimgen.models.networks import bytes_of, saved


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
