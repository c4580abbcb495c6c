"""Studies with simulated sessions, and the published data."""

from pathlib import Path

import pytest

from analysis.data.dataset import Dataset
from analysis.data.published import load_published
from analysis.data.released_format import RATINGS_FILES, TRIALS_FILES
from conditions.folder import StudyFolder, open_study
from tests.analysis.released import released_experiment_2, released_ratings_2, write_released


@pytest.fixture
def study_folder(tmp_path) -> StudyFolder:
    """The folder of the demo, without data."""
    return open_study("demo", tmp_path)


@pytest.fixture(scope="session")
def human_data(reference) -> Path:
    """The released data."""
    return reference / "human_data"


@pytest.fixture(scope="session")
def experiment_1(human_data) -> Dataset:
    """The whole published Experiment I."""
    return load_published(human_data)[0]


@pytest.fixture(scope="session")
def simulated_release(tmp_path_factory) -> Path:
    """A folder with a simulated whole Experiment II under the released names."""
    folder = tmp_path_factory.mktemp("release")
    write_released(released_experiment_2(), folder / TRIALS_FILES["II"])
    write_released(released_ratings_2(1, 0), folder / RATINGS_FILES["II", "beginning"])
    write_released(released_ratings_2(2, 15), folder / RATINGS_FILES["II", "end"])
    return folder


@pytest.fixture(scope="session")
def experiment_2(simulated_release) -> Dataset:
    """The simulated Experiment II."""
    return load_published(simulated_release)[0]
