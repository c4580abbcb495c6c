"""Networks from the researcher's own Python: what is taken, and what is refused in a line."""

import re
import sys
from itertools import count

import pytest
import torch
from torch import nn

from conditions.errors import StudyError
from conditions.files import sha256_of
from stimgen.models.families.own_code import load_own_code
from stimgen.models.weights.filling import state_hash

_NUMBERS = count()

HEAD = """
import torch
from torch import nn

def prepare(images):
    return (images - 0.5) / 0.2

def net():
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace=True))
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """A function that writes a module into the working directory and gives its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    before = set(sys.modules)

    def writes(code: str, head: str = HEAD) -> str:
        module = f"own_network_{next(_NUMBERS)}"
        (tmp_path / f"{module}.py").write_text(head + code, encoding="utf-8")
        return module

    yield writes
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_network_and_what_it_needs_come_from_a_function(write, tmp_path):
    module = write("def build():\n    return net().train(), prepare\n")
    network = load_own_code(f"{module}:build", None)
    assert isinstance(network.net, nn.Sequential)
    assert not network.net.training
    assert not network.net[2].inplace
    assert not any(parameter.requires_grad for parameter in network.net.parameters())
    assert torch.equal(network.preprocess(torch.full((1, 3, 2, 2), 0.5)), torch.zeros(1, 3, 2, 2))
    assert network.weights_sha256 == state_hash(network.net)
    assert (network.side, network.only_side, network.weights_file) == (None, False, None)
    digest = sha256_of(tmp_path / f"{module}.py")
    assert network.weights_source == f"{module}:build, {module}.py with SHA-256 {digest}"
    assert load_own_code(f"{module}:build", None, True).weights_sha256 == network.weights_sha256


def test_the_only_side_may_be_named(write):
    module = write("def build():\n    return [net(), prepare, 96]\n")
    network = load_own_code(f"{module}:build", None)
    assert (network.side, network.only_side) == (96, True)


def test_a_file_takes_the_place_of_the_functions_weights(write, tmp_path):
    module = write("def build():\n    return net(), prepare\n")
    torch.manual_seed(4)
    other = nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2))
    torch.save(nn.DataParallel(other).state_dict(), tmp_path / "w.pth")
    network = load_own_code(f"{module}:build", tmp_path / "w.pth")
    assert network.weights_sha256 == state_hash(other)
    assert network.weights_source == str(network.weights_file) == str(tmp_path / "w.pth")
    torch.save({"a": torch.zeros(1)}, tmp_path / "w.pth")
    with pytest.raises(StudyError, match=r"w\.pth: weights do not fit the model: 0\.weight is mis"):
        load_own_code(f"{module}:build", tmp_path / "w.pth")


def test_a_network_wrapped_for_several_gpus_is_taken_out(write):
    module = write("def build():\n    return nn.DataParallel(net()), prepare\n")
    assert isinstance(load_own_code(f"{module}:build", None).net, nn.Sequential)


def test_a_module_may_prepare_images(write):
    module = write(
        "class Dropping(nn.Module):\n"
        "    def forward(self, images):\n"
        "        return nn.functional.dropout(images, 0.5, self.training)\n"
        "def build():\n    return net(), Dropping()\n"
    )
    prepare = load_own_code(f"{module}:build", None).preprocess
    assert torch.equal(prepare(torch.ones(1, 3, 4, 4)), torch.ones(1, 3, 4, 4))


def test_a_module_in_a_package_of_the_working_directory_is_found(write, tmp_path):
    folder = tmp_path / f"own_package_{next(_NUMBERS)}"
    folder.mkdir()
    module = write("def build():\n    return net(), prepare\n")
    (tmp_path / f"{module}.py").rename(folder / "nets.py")
    assert load_own_code(f"{folder.name}.nets:build", None).side is None


WRONG = {
    "missing function": ("x = 3", "no function build in .*has prepare, net$"),
    "no function": ("build = 3", "build is an int; wanted a function without arguments"),
    "arguments": ("def build(name): pass", "TypeError: build.. missing 1 required positional"),
    "nothing": ("def build(): pass", "returned None; wanted .network, prepare."),
    "one": ("def build(): return net()", "returned a Sequential; wanted .network, prepare."),
    "one in a list": ("def build(): return (net(),)", "returned a tuple of 1; wanted"),
    "a class": ("def build(): return nn.Linear, prepare", "a type as the network; wanted a torch"),
    "other order": ("def build(): return prepare, net()", "a function as the network; wanted a t"),
    "values": ("def build(): return net(), 0.5", "a float as prepare; wanted a function of im"),
    "side": ("def build(): return net(), prepare, (96, 96)", r"\(96, 96\) as the side; wanted a n"),
    "no side": ("def build(): return net(), prepare, 0", "0 as the side; wanted a number of pix"),
    "lazy": ("def build(): return nn.LazyLinear(3), prepare", "whose weight has no values yet"),
    "meta": ("def build(): return net().to('meta'), prepare", r"whose 0\.weight has no values yet"),
    "NaN": (
        "def build():\n    n = net()\n    n[0].bias.data[1] = float('nan')\n    return n, prepare",
        r"0\.bias has 1 NaN or infinite values among 2",
    ),
    "batches": (
        "def build(): return nn.Sequential(nn.BatchNorm2d(3, track_running_stats=False)), prepare",
        "a network whose 0 normalises by the images of a batch",
    ),
    "raises": (
        "def build():\n    return {}['weights']",
        r"KeyError: 'weights' in .*own_network_\d+\.py, line 12$",
    ),
    "raises in torch": (
        "def build():\n    return torch.load('none.pth'), prepare",
        r"FileNotFoundError: .*none\.pth.* in .*own_network_\d+\.py, line 12$",
    ),
    "ends": (
        "import sys\ndef build():\n    sys.exit('used wrongly')",
        "SystemExit: used wrongly i",
    ),
    "fails on import": ("1 / 0", r"ZeroDivisionError: .* in .*own_network_\d+\.py, line 11$"),
    "syntax": ("def build(:", r"SyntaxError: .* in .*own_network_\d+\.py, line 11$"),
    "needs a package": (
        "import no_such_package",
        r"No module named 'no_such_package' in .*line 11",
    ),
    "needs a name": (
        "from torch import no_such_name",
        "ImportError: cannot import name 'no_such_n",
    ),
    "prepare raises": (
        "def build(): return net(), lambda images: images.convert('RGB')",
        r"prepare: AttributeError: .*line 11; it is given N × 3 × H × W images with values 0…1",
    ),
    "prepare returns": (
        "def build(): return net(), lambda images: {'pixels': images}",
        "prepare returned a dict; wanted a tensor with an entry an image",
    ),
    "prepare takes one": (
        "def build(): return net(), lambda images: images[0]",
        "prepare returned a Tensor of 3 × 224 × 224; wanted a tensor with an entry an image",
    ),
    "prepare leaves torch": (
        "def build(): return net(), lambda images: torch.tensor(images.detach().numpy())",
        "prepare leaves torch, detaches or rounds",
    ),
    "prepare rounds": (
        "def build(): return net(), lambda images: (images * 255).round()",
        "prepare leaves torch, detaches or rounds",
    ),
    "prepare makes its own": (
        "def build(): return net(), lambda images: torch.ones(len(images), requires_grad=True)",
        "prepare leaves torch, detaches or rounds",
    ),
    "prepare is random": (
        "def build(): return net(), lambda images: images + torch.randn_like(images)",
        "another input of an image alone than beside a second one",
    ),
    "prepare mixes images": (
        "def build(): return net(), lambda images: images - images.mean((0, 2, 3), keepdim=True)",
        "another input of an image alone than beside a second one",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_code_that_is_no_network_is_refused_in_a_line(write, what):
    code, told = WRONG[what]
    module = write(code)
    with pytest.raises(StudyError, match=told) as refused:
        load_own_code(f"{module}:build", None)
    assert str(refused.value).startswith(f"model {module}:build")
    assert "\n" not in str(refused.value)


def test_names_that_lead_nowhere_are_refused_in_a_line(write, tmp_path):
    module = write("")
    for name, told in [
        ("no_such_module:build", f"no module no_such_module in {re.escape(str(tmp_path))}"),
        ("no_such_package.nets:build", "no module no_such_package in"),
        (f"{module}.nets:build", f"no module {module}.nets"),
        ("nets/mine.py:build", r"a file; wanted its module, .*: nets\.mine:build$"),
        ("./mine.py:build", ": mine:build$"),
        ("mine.py:build", ": mine:build$"),
        (r"nets\mine.py:build", r": nets\.mine:build$"),
        (f"{module}:", "wanted MODULE:FUNCTION"),
        (":build", "wanted MODULE:FUNCTION"),
        (".:build", "wanted MODULE:FUNCTION"),
    ]:
        with pytest.raises(StudyError, match=told):
            load_own_code(name, None)


def test_a_module_that_another_of_its_name_hides_is_told_so(write, tmp_path):
    (tmp_path / "timeit.py").write_text(HEAD, encoding="utf-8")
    import timeit

    with pytest.raises(StudyError, match=f"hidden by another of its name, {timeit.__file__}"):
        load_own_code("timeit:default_timer", None)
