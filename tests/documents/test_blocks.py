"""Python and YAML of README and docs/: what readers copy is taken by the laboratory."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import TypeAdapter

from conditions.folder import open_study
from conditions.rig.rig import Rig
from conditions.study.contents import AnyKind, KindName, ReadoutChoice, ReadoutName
from conditions.study.kinds.references import check_references
from conditions.study.markers.codes import Markers
from conditions.study.units.names import parse_unit
from stimgen.cluster.job_queue import JobQueue
from stimgen.readouts.map_file import read_map
from tests.analysis.events import events_of, leave_events, recorded_trials
from tests.analysis.simulated import simulate_study
from tests.conftest import in_folder
from tests.documents.blocks import PAGES, blocks

PYTHON = [block for page in PAGES for block in blocks(page) if block.language == "python"]
YAML = [block for page in PAGES for block in blocks(page) if block.language == "yaml"]
# 6 channels, of which there are 4 latents, components, and so on.
GIVEN = {
    "W_enc": np.ones((6, 4)),
    "b_enc": np.zeros(4),
    "b_dec": np.zeros(6),
    "pca": SimpleNamespace(components_=np.ones((4, 6)), mean_=np.zeros(6)),
    "nmf": SimpleNamespace(components_=np.eye(4, 6)),
    "text": np.ones(6),
}


def name_of(block) -> str:
    return f"{block.page.stem}-{block.line}"


@pytest.mark.parametrize("block", PYTHON, ids=name_of)
def test_python_runs(block, demo, tmp_path, capsys):
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(demo | {"name": "my_study"}), "utf-8")
    folder = open_study(str(tmp_path / "study.yaml"), tmp_path / "studies")
    simulate_study(folder, 2)
    leave_events(folder, events_of(recorded_trials(folder, 1)))
    names = dict(GIVEN)
    with in_folder(tmp_path):
        exec(compile(block.text, name_of(block), "exec"), names)
    for file in tmp_path.glob("*.npz"):
        assert read_map(file)["weights"].shape[1] == 6
    if "trials" in names:
        printed = capsys.readouterr().out
        assert "natural" in printed
        assert "synthetic" in printed
        assert isinstance(names["first"], pd.DataFrame)
        assert names["first"]["right_1"].notna().any()


@pytest.mark.parametrize("block", YAML, ids=name_of)
def test_yaml_is_taken(block):
    match yaml.safe_load(block.text):
        case {"references": found}:
            check_references(TypeAdapter(dict[KindName, AnyKind]).validate_python(found))
        case {"readouts": found, "units": {"main": units}}:
            TypeAdapter(dict[ReadoutName, ReadoutChoice]).validate_python(found)
            assert all(parse_unit(unit) for unit in units)
        case {"jobs": _} as found:
            JobQueue.model_validate(found)
        case {"markers": {"codes": _} as found}:
            Markers.model_validate(found).check(["natural", "synthetic"])
        case {"response_box": _} | {"markers": _} as found:
            Rig.model_validate({"name": "lab"} | found)
        case {"name": _, "resolution": _} as found:
            Rig.model_validate(found)
        case other:
            pytest.fail(f"{name_of(block)}: nothing says what takes {other}")
