"""Networks of one's own code by the commands: what they take, and what they refuse."""

import sys

import pytest
import torch
import yaml
from torch import nn

from conditions.errors import StudyError
from stimgen.__main__ import app

CODE = '''
import torch
from torch import nn

class Unshuffled(nn.Module):
    """Takes multiples of 8 pixels."""
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(192, 6, 1)
    def forward(self, x):
        return self.conv(nn.functional.pixel_unshuffle(x, 8)).mean((2, 3))

class Leaving(nn.Module):
    """Leaves torch on the way."""
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 1)
    def forward(self, x):
        return self.conv(torch.from_numpy(x.detach().numpy().copy())).mean((2, 3))

def unshuffled():
    torch.manual_seed(0)
    return Unshuffled(), lambda images: images

def leaving():
    torch.manual_seed(0)
    return Leaving(), lambda images: images

def scripted():
    torch.manual_seed(0)
    part = torch.jit.script(nn.Sequential(nn.Conv2d(3, 6, 1), nn.ReLU()))
    return nn.Sequential(part, nn.Conv2d(6, 4, 1)), lambda images: images

def compiled():
    return torch.compile(unshuffled()[0]), lambda images: images
'''


def run(*arguments):
    app([*map(str, arguments)], standalone_mode=False)


@pytest.fixture
def study(study_file, tmp_path, monkeypatch):
    """A study file of such a network; the code lies in the working directory."""
    (tmp_path / "own_networks.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    # Of another test, from its own working directory.
    monkeypatch.delitem(sys.modules, "own_networks", raising=False)

    def write(function, layer="conv", **fields):
        content = yaml.safe_load(study_file.read_text(encoding="utf-8"))
        content["model"] = {"name": f"own_networks:{function}"}
        content["units"] = {"main": [f"{layer}_0001", f"{layer}_0002"]}
        path = tmp_path / f"{function}.yaml"
        path.write_text(yaml.safe_dump(content | fields), encoding="utf-8")
        return path

    return write


def test_a_study_of_a_network_of_ones_own(study, tmp_path, capsys):
    path = study("unshuffled")
    run("natural", path, "--root", tmp_path / "studies")
    run("synthetic", path, "--root", tmp_path / "studies")
    assert len(list((tmp_path / "studies").rglob("conv_0001/max_*.png"))) == 2
    run("layers", "own_networks:compiled")
    assert "conv: channels 0 to 5; N×C×H×W, 1×6×16×16" in capsys.readouterr().out


def test_images_that_it_does_not_take_are_refused_before_work_begins(study, tmp_path):
    path = study("unshuffled", image={"resize": 72, "crop": 60})
    with pytest.raises(StudyError, match=r"^image\.crop: .* does not take images of 60 px .*$"):
        run("natural", path, "--root", tmp_path / "studies")
    assert not (tmp_path / "studies").exists()


def test_a_network_that_leaves_torch_cannot_be_optimised_for(study, tmp_path):
    path = study("leaving")
    run("natural", path, "--root", tmp_path / "studies")
    with pytest.raises(StudyError, match="no gradient reaches the images"):
        run("synthetic", path, "--root", tmp_path / "studies")


def test_a_scripted_part_is_no_traceback(study, tmp_path):
    run("natural", study("scripted", layer="1"), "--root", tmp_path / "studies")
    assert isinstance(torch.jit.script(nn.ReLU()), torch.jit.ScriptModule)
