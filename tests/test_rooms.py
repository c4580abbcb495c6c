"""What runs without what, libraries of libraries included (who imports whom: `make lint`)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# A machine observer may see through the layers of stimgen's models; its other embeddings, and all
# that decides its answers, need no network.
WITH_TORCH = {"experiment/observers/embeddings/network.py"}


def modules_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("conditions", {"torch", "torchvision", "lucent", "psychopy"}),
        ("analysis", {"torch", "torchvision", "lucent", "psychopy"}),
        ("experiment", {"torch", "torchvision", "lucent"}),
        ("stimgen", {"psychopy"}),
    ],
)
def test_a_room_runs_without(room, forbidden, screen):
    """Every module imports in a process where the forbidden packages cannot be imported.

    There is a screen: PsychoPy, whose texts a module makes its own of, wants one when imported.
    """
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules_of(room)
        if path.relative_to(ROOT).as_posix() not in WITH_TORCH
    ]
    script = f"""
import importlib, sys
class Forbid:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {forbidden!r}:
            raise ImportError(name + " is forbidden here")
sys.meta_path.insert(0, Forbid())
for module in {modules!r}:
    importlib.import_module(module)
assert not {forbidden!r} & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=screen,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
