"""A study that is watched."""

import pytest
import yaml

from conditions.folder import StudyFolder
from conditions.study.study import Study
from tests.experiment.monitor.watched import STUDY, TRIALS_DECIDED


@pytest.fixture
def folder(tmp_path) -> StudyFolder:
    """A study of three participants, of whom nobody has begun."""
    path = tmp_path / "tiny"
    (path / "conditions").mkdir(parents=True)
    (path / "study.yaml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    for participant in (1, 2, 3):
        decided = "trial\n" + "".join(f"{i}\n" for i in range(TRIALS_DECIDED))
        (path / "conditions" / f"participant-{participant:03d}.csv").write_text(decided)
    return StudyFolder(path, Study.model_validate(STUDY))
