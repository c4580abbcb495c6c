"""What pip prints at an installation is kept, and its end is shown where it fails."""

import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

# In pip's place: it says what it was asked for, and fails as it is told to.
PIP = """#!/bin/sh
for i in $(seq 30); do echo "Collecting package-$i"; done
echo "$@"
exit {code}
"""


def installed(tmp_path, pip: str) -> subprocess.CompletedProcess:
    """What the script says with such a program in pip's place."""
    script = tmp_path / "tools" / "pip_install.sh"
    python = tmp_path / ".venv" / "bin" / "python"
    for path in (script, python):
        path.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tools" / script.name, script)
    python.write_text(pip, encoding="utf-8")
    python.chmod(0o755)
    return subprocess.run(
        [script, "-r", "some.txt"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        start_new_session=True,
        # In a shell's background an interrupt is ignored, also by all that is started there.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_an_interrupt_is_no_failure_of_pip(tmp_path):
    # As a terminal does, it reaches the script and pip alike.
    done = installed(tmp_path, "#!/bin/sh\necho Collecting\nkill -INT 0\nsleep 5\n")
    assert done.returncode == 130
    assert done.stderr == "setup: stopped; repeated, it begins with this step\n"


@pytest.mark.parametrize("code", [0, 1])
def test_what_pip_prints_is_kept_and_shown_where_it_fails(tmp_path, code):
    done = installed(tmp_path, PIP.format(code=code))
    log = Path(tmp_path / ".venv" / "setup.log").read_text(encoding="utf-8")
    assert done.returncode == code
    assert log.endswith("-r some.txt\n")
    assert log.count("Collecting") == 30
    if code:
        last = "setup: pip failed (exit code 1); all that it printed is in .venv/setup.log"
        assert done.stderr.splitlines()[-1] == last
        assert "package-30" in done.stderr
        assert "package-9\n" not in done.stderr
    else:
        assert done.stderr == ""
