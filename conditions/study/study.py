"""The study file: one YAML file that all rooms read, checked before anything is done."""

import hashlib
import json
from pathlib import Path

from pydantic import model_validator

from conditions.study.contents import StudyContents
from conditions.study.earlier_form import as_before
from conditions.study.feasibility import feasible
from conditions.study.feasibility.sessions import check_sessions
from conditions.yaml.reading import read_yaml


class Study(StudyContents):
    """A whole study whose parts, units and images fit together."""

    @model_validator(mode="after")
    def _can_be_balanced(self) -> "Study":
        if self.language not in self.languages:
            raise ValueError(f"language {self.language} is none of languages {self.languages}")
        for check in (
            feasible.check_orders,
            feasible.check_kinds,
            feasible.check_words,
            feasible.check_images,
            feasible.check_readouts,
            feasible.check_units,
            feasible.check_practice,
            feasible.check_catch,
            feasible.check_batches,
            feasible.check_moments,
            check_sessions,
            feasible.check_questions,
            feasible.check_markers,
        ):
            check(self)
        return self

    def fingerprint(self) -> str:
        """SHA-256 of the study's content, the same for files that differ in comments only."""
        content = as_before(self.model_dump(mode="json"))
        if "references" in content:
            # Their order decides, too: which is rated by default, and how kinds look in figures.
            content["references"] = list(content["references"].items())
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def load_study(path: Path) -> Study:
    """Read and check a study file.

    Raises
    ------
    StudyError
        One line for each misfit: file, field, value found, value wanted; an unknown key names
        the nearest known one.
    """
    return read_yaml(path, Study, "a study")
