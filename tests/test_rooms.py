"""Rooms keep to their direction: who may import whom, and what runs without what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("conditions", "stimgen", "experiment", "analysis")
# A machine observer may see through the layers of stimgen's models; it opens no window. Its other
# embeddings, and all that decides its answers, need no network and keep to their room.
ALLOWED = {("experiment/observers/embeddings/network.py", "stimgen")}


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def modules_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_no_other_room_but_conditions(room):
    others = set(ROOMS) - {room, "conditions"}
    for path in modules_of(room):
        name = path.relative_to(ROOT).as_posix()
        crossed = {other for other in imports_of(path) & others if (name, other) not in ALLOWED}
        assert not crossed, f"{name} imports {crossed}"


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("conditions", {"torch", "torchvision", "lucent", "psychopy"}),
        ("analysis", {"torch", "torchvision", "lucent", "psychopy"}),
        ("experiment", {"torch", "torchvision", "lucent"}),
        ("stimgen", {"psychopy"}),
    ],
)
def test_a_room_runs_without(room, forbidden):
    """Every module imports in a process where the forbidden packages cannot be imported."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules_of(room)
        if (path.relative_to(ROOT).as_posix(), "stimgen") not in ALLOWED
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
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
