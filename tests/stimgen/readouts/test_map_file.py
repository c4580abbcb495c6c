"""Files of maps as programs write them: precisions, orders of bytes and axes, and mishaps."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from conditions.errors import StudyError
from stimgen.readouts.map_file import read_map, tensors_sha256

# Numbers that a byte of mantissa can hold.
WEIGHTS = np.arange(-6, 6, dtype=np.float32).reshape(3, 4) / 4


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e5m2]
)
def test_safetensors_of_any_precision_hold_the_same_map(tmp_path, dtype):
    save_file({"weights": torch.from_numpy(WEIGHTS).to(dtype)}, tmp_path / "map.safetensors")
    found = read_map(tmp_path / "map.safetensors")
    np.testing.assert_array_equal(found["weights"].numpy(), WEIGHTS)
    assert tensors_sha256(found) == tensors_sha256({"weights": torch.from_numpy(WEIGHTS).double()})


@pytest.mark.parametrize(
    "array",
    [
        WEIGHTS.astype(">f4"),
        np.asfortranarray(WEIGHTS),
        WEIGHTS.astype(np.float16),
        np.repeat(WEIGHTS, 2, axis=1)[:, ::2],
    ],
    ids=["big-endian", "Fortran order", "half precision", "strided"],
)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_in_any_order_hold_the_same_map(tmp_path, array, save):
    save(tmp_path / "map.npz", weights=array)
    found = read_map(tmp_path / "map.npz")["weights"]
    np.testing.assert_array_equal(found.numpy(), WEIGHTS)
    # Products depend on it in their last digits.
    assert found.is_contiguous()


def test_a_map_is_found_whatever_its_suffix_looks_like_and_from_the_home_folder(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    with (tmp_path / "MAP.NPZ").open("wb") as file:
        np.savez(file, weights=WEIGHTS)
    assert list(read_map(Path("~/MAP.NPZ"))) == ["weights"]
    with pytest.raises(StudyError, match=r"~nobody_here/map\.npz: no such user"):
        read_map(Path("~nobody_here/map.npz"))


def one_array(path):
    with path.open("wb") as file:
        np.save(file, WEIGHTS)


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("map.npz", lambda path: path.mkdir(), "found a folder, wanted a .npz file"),
        ("map.safetensors", lambda path: path.mkdir(), "found a folder, wanted a .safetensors fil"),
        ("map.npz", one_array, "without a name, .*np.savez"),
        ("map.npz", lambda path: np.savez(path, weights=WEIGHTS.astype(complex)), "complex128"),
        ("map.npz", lambda path: np.savez(path, weights=WEIGHTS > 0), "found bool, wanted real"),
        (
            "map.npz",
            lambda path: np.savez(path, weights=WEIGHTS.astype(float) * 1e300),
            "found 1.5e.300, wanted",
        ),
        (
            "map.safetensors",
            lambda path: save_file({"weights": torch.ones(2, 2) * 1j}, path),
            "found torch.complex64, wanted real numbers",
        ),
        (
            "map.safetensors",
            lambda path: save_file({"bias": torch.tensor([1, torch.inf, torch.nan])}, path),
            "bias: 2 of 3 values are not finite",
        ),
    ],
)
def test_what_is_no_map_is_refused_in_a_line(tmp_path, name, make, said):
    make(tmp_path / name)
    with pytest.raises(StudyError, match=rf"{name}: .*{said}") as refused:
        read_map(tmp_path / name)
    assert "\n" not in str(refused.value)


def test_a_map_that_is_missing_is_said_with_the_folder_where_it_was_looked_for(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StudyError, match=rf"^maps/map\.npz: no such file in {tmp_path};"):
        read_map(Path("maps/map.npz"))
