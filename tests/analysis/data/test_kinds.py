"""What the analysis knows of a study's kinds: names in order, what they are, which are rated."""

from analysis.data.kinds import kinds_of
from analysis.data.study import load_study
from conditions.folder import open_study
from conditions.study.study import Study
from tests.analysis.simulated import simulate_study


def test_names_stand_in_the_order_of_the_study_file(study_folder):
    kinds = kinds_of(study_folder.study)
    assert kinds.names == ("natural", "synthetic")
    assert kinds.photographs == "natural"
    assert kinds.rated == ("synthetic", "natural")
    assert kinds.levels["natural"] == "photographs of the pool, next in rank to the queries."
    assert list(kinds.levels) == ["natural", "synthetic", "none"]


def test_a_dataset_has_the_study_s_own_conditions(tmp_path):
    folder = open_study("visualisations", tmp_path)
    simulate_study(folder, 1)
    found = load_study(folder)
    assert found.conditions == ["natural", "fourier", "maco", "accentuated", "none"]
    assert found.all_conditions == found.conditions


def test_a_study_without_photographs_has_no_name_for_them(study_folder):
    content = study_folder.study.model_dump(mode="json")
    content["references"] = {"maco": {"kind": "visualisation", "method": "maco"}}
    content["parts"] = [{"name": "only", "conditions": ["maco"], "main": 6}]
    content |= {"batches": {"offset": {}}, "practice": {}}
    kinds = kinds_of(Study.model_validate(content))
    assert (kinds.names, kinds.photographs, kinds.rated) == (("maco",), None, None)
