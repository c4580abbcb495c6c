"""The official validator of BIDS data sets."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

VALIDATOR = Path(sys.executable).with_name("bids-validator-deno")


def validated(out: Path) -> dict:
    program = VALIDATOR if VALIDATOR.is_file() else shutil.which("bids-validator-deno")
    if program is None:
        pytest.skip("the official validator (bids-validator-deno) is not installed")
    done = subprocess.run(
        [program, "--format", "json", "--max-rows", "-1", out],
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout)


def errors(found: dict) -> list[str]:
    issues = found["issues"]["issues"]
    return [f"{i['code']} {i.get('location')}" for i in issues if i["severity"] == "error"]
