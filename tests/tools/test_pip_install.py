"""What pip prints at an installation is kept, and its end is shown where it fails."""

import shutil
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


@pytest.mark.parametrize("code", [0, 1])
def test_what_pip_prints_is_kept_and_shown_where_it_fails(tmp_path, code):
    script = tmp_path / "tools" / "pip_install.sh"
    python = tmp_path / ".venv" / "bin" / "python"
    for path in (script, python):
        path.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tools" / script.name, script)
    python.write_text(PIP.format(code=code), encoding="utf-8")
    python.chmod(0o755)
    done = subprocess.run(
        [script, "-r", "some.txt"], capture_output=True, text=True, timeout=30, check=False
    )
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
