"""Study files with a fault in them."""

from pathlib import Path

import pytest
import yaml

from conditions.errors import StudyError
from conditions.study.study import load_study


def changed(content: dict, path: str, value: object) -> dict:
    *parents, last = path.split(".")
    inner = content
    for key in parents:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    inner[int(last) if last.isdigit() else last] = value
    return content


def refused(content: dict, path: Path) -> str:
    """What is said of a study file that is not accepted."""
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(StudyError) as error:
        load_study(path)
    assert str(path) in str(error.value)
    return str(error.value)
