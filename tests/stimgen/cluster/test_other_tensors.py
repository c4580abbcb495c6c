"""A worker that lives longer than a command: what it has loaded may have changed since."""

from dataclasses import replace

import numpy as np
import pytest

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.study import Study
from stimgen.cluster import on_worker
from stimgen.cluster.on_worker import Place
from stimgen.models.open import with_readouts


@pytest.fixture
def place(demo, tmp_path, lite0, monkeypatch) -> Place:
    """Of a study with a map; its network is there already."""
    demo["readouts"] = {"sae": {"layer": "block08", "map": str(tmp_path / "sae.npz")}}
    study = Study.model_validate(demo)
    monkeypatch.setattr(on_worker, "_LOADED", {})
    monkeypatch.setattr(
        on_worker, "open_model", lambda study: with_readouts(lite0, study.readouts, 64)
    )
    return Place(StudyFolder(tmp_path, study), "token", study, as_saved(lite0, study, 1))


def as_saved(lite0, study: Study, factor: float) -> tuple[str, dict[str, str]]:
    """Another map in the same file, and what it is known by."""
    np.savez(study.readouts["sae"].map, weights=np.full((9, 112), factor))
    return lite0.weights_sha256, with_readouts(lite0, study.readouts, 64).dictionaries


def test_a_map_that_has_been_replaced_is_read_again(place, lite0):
    first = on_worker._model(place)
    assert on_worker._model(place) is first
    later = replace(place, tensors=as_saved(lite0, place.network, 2))
    assert on_worker._model(later).dictionaries == later.tensors[1] != first.dictionaries


def test_another_map_on_the_worker_is_said_with_its_readout(place, lite0):
    on_worker._model(place)
    elsewhere = replace(place, tensors=as_saved(lite0, place.network, 2))
    as_saved(lite0, place.network, 3)
    with pytest.raises(StudyError, match=r"another map of the readout sae on .* than where"):
        on_worker._model(elsewhere)
    weights = replace(place, tensors=("0" * 64, elsewhere.tensors[1]))
    with pytest.raises(StudyError, match="other weights on"):
        on_worker._model(weights)
