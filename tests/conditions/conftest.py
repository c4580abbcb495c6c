"""Studies and their trials, each built once."""

from functools import cache

import pandas as pd
import pytest

from conditions.folder import DESIGNS
from conditions.study.study import Study, load_study
from conditions.trials.build import build_participant
from conditions.units.table import unit_table


class Built:
    """A design with its units, and the trials of any participant."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.units = unit_table(study)
        self.trials = cache(self._trials)

    def _trials(self, participant: int) -> pd.DataFrame:
        """Trials without intuitiveness trials, in order."""
        trials = build_participant(self.study, self.units, participant)
        return trials[trials.phase != "intuitiveness"].reset_index(drop=True)

    def all_trials(self, participant: int) -> pd.DataFrame:
        return build_participant(self.study, self.units, participant)


@pytest.fixture(scope="session")
def experiment_1() -> Built:
    return Built(load_study(DESIGNS / "experiment_1.yaml"))


@pytest.fixture(scope="session")
def experiment_2() -> Built:
    return Built(load_study(DESIGNS / "experiment_2.yaml"))


@pytest.fixture(scope="session")
def template() -> Built:
    return Built(load_study(DESIGNS / "template.yaml"))
