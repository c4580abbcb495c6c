"""A readout that does not fit the network leaves no study folder behind, whatever the command."""

import numpy as np
import pytest
import yaml

from conditions.errors import StudyError
from conditions.folder import DESIGNS
from stimgen.__main__ import app

COMMANDS = [
    ["units"],
    ["natural", "--workers", "0"],
    ["natural", "--dry-run"],
    ["synthetic"],
    ["all", "--dry-run"],
    ["all"],
]
MAPS = {
    "nine.npz": {"weights": np.ones((9, 112))},
    "turned.npz": {"weights": np.ones((112, 9))},
}
MISFITS = {
    "a position outside": ({"pooling": [4, 0]}, r"own: pooling: .* has 4 rows and 4 columns"),
    "a token of a convolution": ({"pooling": {"token": "class"}}, "own: pooling: .* no token"),
    "a unit that the map lacks": ({"map": "nine.npz"}, "own .* has no channel 9; it has 0 to 8"),
    "channels × units": ({"map": "turned.npz"}, r"own: map .*turned\.npz: .* transpose them"),
    "too many active": ({"map": "nine.npz", "activation": {"topk": 10}}, "own: .*topk: found 10"),
    "no such file": ({"map": "none.npz"}, r"own: .*none\.npz: no such file"),
    "no such layer": ({"layer": "block8"}, "own: .* no layer 'block8'"),
}


@pytest.mark.parametrize("what", MISFITS)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_it_is_refused_in_a_line_before_anything_is_written(tmp_path, monkeypatch, arguments, what):
    fields, said = MISFITS[what]
    monkeypatch.chdir(tmp_path)
    for name, tensors in MAPS.items():
        np.savez(name, **tensors)
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "misfit",
        "image": {"resize": 72, "crop": 64},
        "readouts": {"own": {"layer": "block08"} | fields},
    }
    content["units"]["main"][0] = "own_0009"
    (tmp_path / "misfit.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    command, *options = arguments
    with pytest.raises(StudyError, match=said) as refused:
        app([command, "misfit.yaml", *options, "--root", "root"], standalone_mode=False)
    assert "\n" not in str(refused.value)
    assert sorted(tmp_path.iterdir()) == before
