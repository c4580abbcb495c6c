"""Natural images in sets of several sizes, and blurred ones beside the sharp."""

import numpy as np
import pytest
import yaml
from PIL import Image

from conditions.folder import DESIGNS, open_study
from conditions.tables.files import read_table
from conditions.tables.stimuli import STIMULI
from stimgen.kinds.blurred import blur
from tests.conftest import in_process


@pytest.mark.slow
def test_sets_of_two_and_blurred_copies_fit_their_condition_files(tmp_path, photographs):
    """A study with parts of one and of nine references, sharp and blurred, from end to end."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "sets",
        "natural": {"pool": str(photographs), "bins": 10, "batches": 4},
        "image": {"resize": 40, "crop": 32},
        "units": {"main": ["block02_0004"], "practice": ["block02_0007"]},
        "references": {
            "natural": {"kind": "photographs"},
            "blurred": {"kind": "blurred", "of": "natural", "sigma_px": 2},
        },
        "batches": {"offset": {"natural": 0, "blurred": 1}},
        "parts": [
            {"name": "one", "conditions": ["natural"], "scheme": "Min-Max-1", "bins": 2, "main": 1},
            {"name": "nine", "conditions": ["blurred"], "main": 1, "catch": 1},
        ],
    }
    path = tmp_path / "sets.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    root = ["--root", str(tmp_path)]
    for arguments in (
        ["conditions", "build", str(path), "--participants", "1-3", *root],
        ["stimgen", "all", str(path), *root],
        ["conditions", "check", str(path), *root],
    ):
        done = in_process(*arguments)
        assert done.returncode == 0, done.stderr
    folder = open_study(str(tmp_path / "sets"), tmp_path)
    stimuli = read_table(folder.stimuli_table, STIMULI)
    # Of each set all but the queries: three batches of the main unit, one of the practice unit.
    assert (stimuli["name"] == "blurred").sum() == (9 + 1) * 2 * (3 + 1)
    pairs = stimuli[stimuli["path"].str.contains("sets_of_2") & (stimuli["name"] == "natural")]
    assert len(pairs) == 2 * 2 * 2 * 4
    assert set(pairs["rank"]) == {0, 1}
    sharp = stimuli[stimuli["name"] == "natural"].set_index("path")
    for row in stimuli[stimuli["name"] == "blurred"].head(5).itertuples():
        image = Image.open(folder.path / row.path.replace("/blurred/", "/natural/"))
        np.testing.assert_array_equal(blur(image, 2.0), Image.open(folder.path / row.path))
        assert sharp.index.str.contains("/natural/").all()
