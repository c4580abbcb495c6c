"""Weights: their identity, the files that hold them, and the odd things that come instead."""

import hashlib
import re

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from conditions.errors import StudyError
from stimgen.models.weights.files import read_weights
from stimgen.models.weights.filling import built, fill, freeze, put, state_hash
from tests.stimgen.models.networks import saved, small


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
