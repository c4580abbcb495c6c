"""What all tests share: a small study, a screen, the reference data."""

import contextlib
import importlib
import io
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import settings

from conditions.commands.command_line import run
from conditions.folder import DESIGNS

# Hypothesis would call an example a failure that a busy machine lets wait. The same tree has the
# same cases, so that whoever changes something is told of that alone; `make test-thorough` draws
# others each time.
settings.register_profile("laboratory", deadline=None, derandomize="EXAMPLES" not in os.environ)
settings.load_profile("laboratory")

# Beside other workers each takes one core: torch's threads, and those with which Mesa draws where
# there is no graphics card, would wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "LP_NUM_THREADS": "0"}

_SERVER = ("-screen", "0", "1920x1080x24", "-nolisten", "tcp")
ROOT = Path(__file__).parent.parent
REFERENCE = ROOT.parent / "shared" / "reference"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: at the end no worker waits for the other's longest file."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data, which is not part of the project."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the reference data are not at {REFERENCE}")
    return REFERENCE


@pytest.fixture
def demo() -> dict:
    """Content of the demo's study file."""
    return yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def screen(tmp_path_factory) -> Iterator[dict[str, str]]:
    """Environment of a process that opens windows on a virtual full HD screen."""
    read, write = os.pipe()
    server = subprocess.Popen(
        # A server that begins anew when its last client leaves turns away who comes meanwhile.
        ["Xvfb", "-displayfd", str(write), "-noreset", *_SERVER],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as stream:
        number = stream.readline().strip()
    assert number, "Xvfb did not start"
    home = tmp_path_factory.mktemp("home")
    # What a desktop says of itself is not true of that screen.
    desktop = ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    around = {name: value for name, value in os.environ.items() if name not in desktop}
    yield around | {"DISPLAY": f":{number}", "HOME": str(home)}
    server.terminate()
    server.wait(timeout=10)


def command(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """Run ``python -m ARGUMENTS`` from the project's root."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@contextlib.contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """As contextlib.chdir, which Python 3.10 lacks."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)


def in_process(
    room: str, *arguments: str, env: dict[str, str] | None = None, encoding: str = "utf-8"
) -> subprocess.CompletedProcess:
    """What :func:`command` does, in this process: where a process of its own is not what is tested.

    It goes through the same edge of the command line and spares the seconds that PyTorch and its
    like take to load. ``encoding`` is that of the console.
    """
    app = importlib.import_module(f"{room}.__main__").app
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    code = 0
    with (
        contextlib.redirect_stdout(streams[0]),
        contextlib.redirect_stderr(streams[1]),
        in_folder(ROOT),
        patch.object(sys, "argv", [room, *map(str, arguments)]),
        patch.dict(os.environ, env or {}),
    ):
        try:
            run(app, room)
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:
            code = 1
            traceback.print_exc()
    said = []
    for stream in streams:
        stream.flush()
        said.append(stream.buffer.getvalue().decode(encoding))
    return subprocess.CompletedProcess([room, *arguments], code, *said)
