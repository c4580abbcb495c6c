"""Rigs: files that come along, and misfits that are named."""

from pathlib import Path

import pytest

from conditions.errors import StudyError
from experiment.rig import RIGS, load_rig


def test_rigs_that_come_along_are_valid():
    for path in RIGS.glob("*.yaml"):
        assert load_rig(path.stem)[0].name == path.stem


def test_rigs_of_the_working_folder_come_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_rig("any")[1] == RIGS / "any.yaml"
    Path("rigs").mkdir()
    for name in ("any", "lab"):
        Path(f"rigs/{name}.yaml").write_text(f"name: own_{name}\n", encoding="utf-8")
        assert load_rig(name)[0].name == f"own_{name}"
    with pytest.raises(StudyError, match=r"rig none: .* \(any, full_hd, lab, laptop\)"):
        load_rig("none")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("name: lab\nresolution: [1920]\n", "resolution"),
        ("name: lab\nrefresh: 60\n", "unknown field refresh; did you mean refresh_hz"),
        (
            "name: lab\npatch: {corner: right}\n",
            "patch.corner: found 'right': wanted 'upper_left',",
        ),
        ("name: lab\npatch: {side_px: 0}\n", "patch.side_px: found 0: wanted"),
        ("resolution: [1920, 1080]\n", "field name is missing"),
        ("name: [\n", "not valid YAML"),
    ],
)
def test_a_misfit_is_named(tmp_path, content, words):
    path = tmp_path / "lab.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load_rig(str(path))
    assert str(path) in str(error.value)
    assert words in str(error.value)
