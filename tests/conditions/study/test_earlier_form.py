"""Study files of the form before kinds had names: the same studies, trials and fingerprints."""

import hashlib

import pytest
import yaml

from conditions.folder import DESIGNS, open_study
from conditions.study.earlier_form import translated
from conditions.study.study import Study, load_study
from conditions.trials.build import as_csv
from conditions.trials.trials import participant_trials
from conditions.units.roster import roster_of
from conditions.units.table import unit_table
from tests.conditions.study.faulty import refused

# What the data of studies of the form before hold; a field that is added later must not change it.
FINGERPRINTS = {
    "demo": "6b442520a8c912c8c95e8e8a6d06c8e4c192d0f9089d9ea44922f820d3fecb5f",
    "experiment_1": "b48715d93f20f9f897fa94eb2f9b93a2a285725a3429ed8afb5cfd167e12e106",
    "experiment_2": "0ec4e024d454b2dff5010e77a49b7659671b3f45ae91adcc9deea284adc7f5b1",
    "template": "87eface5967cefd52e2747a9424c204e1bc61f9dde968cb09d48d77fe2fffdf5",
}
# SHA-256 of the condition files of participants 1 to 10, one after the other, as they were then.
TRIALS = {
    "demo": "90957b578bac5dff05498c5f237cf2713b0790d5cba2d4ee4565d56d38637629",
    "experiment_1": "b30789ab32d287d6d6dd62af174c5d2d4bee136f44f8695ef2e8423c959c735b",
    "experiment_2": "efaf708ae83f711bda9e848e58df0665a59a7427afeb562241220faac3b0ac78",
    "template": "c4ed727237c2eff3e80eda9b3d65d94d5437db24b04ceb85126132d4368c249d",
}
# The kinds that there were, by the names that were those of the conditions, of the columns `kind`
# and of the folders in stimuli/: the designs still use them, so that paths are the same as well.
EARLIER_KINDS = {
    "natural": "photographs",
    "synthetic": "visualisation",
    "mixed": "mixed",
    "blurred": "blurred",
}


# What designs have come to use since, and how their parts said the order of conditions.
LATER = ("sides", "analysis")
EARLIER_ORDER = {"order": "rotate", "rotate_every": 1}


def content_of(name: str) -> dict:
    """A design without what it has come to use since."""
    content = yaml.safe_load((DESIGNS / f"{name}.yaml").read_text(encoding="utf-8"))
    for part in content["parts"]:
        part |= EARLIER_ORDER if "order" in part else {}
    content.get("timing", {}).pop("reading", None)
    return {field: value for field, value in content.items() if field not in LATER}


def as_it_was(content: dict) -> dict:
    """A study file in the form before: recipes are blocks of their own, kinds go without saying."""
    references = content["references"]
    assert {name: kind["kind"] for name, kind in references.items()} == {
        name: kind for name, kind in EARLIER_KINDS.items() if name in references
    }
    recipes = {
        name: {field: value for field, value in kind.items() if field not in ("kind", "of")}
        for name, kind in references.items()
    }
    blocks = {name: recipes[name] for name in ("synthetic", "blurred") if name in recipes}
    return {name: value for name, value in content.items() if name != "references"} | blocks


def trials_of(study: Study) -> str:
    roster = roster_of(unit_table(study))
    text = "".join(as_csv(participant_trials(study, roster, p)) for p in range(1, 11))
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_both_forms_are_the_same_study_with_the_same_trials(name):
    today = Study.model_validate(content_of(name))
    before = Study.model_validate(as_it_was(content_of(name)))
    assert before == today
    assert before.fingerprint() == today.fingerprint() == FINGERPRINTS[name]
    assert trials_of(today) == TRIALS[name]


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_another_value_is_another_study(name):
    study = Study.model_validate(content_of(name))
    rule = study.exclusions.model_copy(update={"max_rt_s": 60.0})
    assert study.model_copy(update={"exclusions": rule}).fingerprint() != FINGERPRINTS[name]
    content = as_it_was(content_of(name))
    content["synthetic"]["steps"] += 1
    assert Study.model_validate(content).fingerprint() != FINGERPRINTS[name]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other words"},
        {"card": {"en": "Other words", "de": "Andere Worte"}},
        {"kind": "files", "images": 10},
    ],
)
def test_what_the_form_before_could_not_say_is_in_the_fingerprint(demo, change):
    kept = {"kind": "visualisation"} if "kind" not in change else {}
    demo["references"]["synthetic"] = kept | change
    changed = Study.model_validate(demo).fingerprint()
    demo["references"]["synthetic"] = {"kind": "visualisation"}
    assert Study.model_validate(demo).fingerprint() != changed


def test_a_preset_that_has_come_to_learn_faster_is_the_same_study():
    """Its steps, rate and schedule are others than those that the fingerprint was made of."""
    content = content_of("experiment_1")
    recipe = content["references"]["synthetic"]
    recipe |= {"preset": "modern"}
    del recipe["steps"], recipe["learning_rate"]
    study = Study.model_validate(content)
    assert study.references["synthetic"].learning == "falling"
    assert study.references["synthetic"].precision == "auto"
    assert study.fingerprint() == (
        "c68d9043f51a2ed12cac18a697254f7ef2034c42362373e74eb0d13efbea26ba"
    )
    for field, value in (
        ("steps", 300),
        ("learning_rate", 0.2),
        ("learning", "constant"),
        ("precision", "mixed"),
    ):
        recipe[field] = value
        assert Study.model_validate(content).fingerprint() != study.fingerprint()
        del recipe[field]


def test_other_names_are_another_study(demo):
    """Their images lie elsewhere, and their data say other things."""
    text = yaml.safe_dump(demo).replace("synthetic", "fourier")
    assert Study.model_validate(yaml.safe_load(text)).fingerprint() != FINGERPRINTS["demo"]


def test_recipes_that_were_left_out_are_the_defaults_as_before(demo):
    demo = as_it_was(demo)
    del demo["synthetic"]
    study = Study.model_validate(demo)
    assert study.references["synthetic"].steps == 2560
    assert list(study.references) == ["natural", "synthetic"]


def test_a_block_that_no_part_shows_is_kept_as_it_was(demo):
    demo = as_it_was(demo) | {"blurred": {"sigma_px": 4}}
    assert "blurred" in Study.model_validate(demo).references
    demo["blurred"] = None
    assert "blurred" not in Study.model_validate(demo).references


def test_a_missing_recipe_is_named(demo, tmp_path):
    demo = as_it_was(demo)
    demo["parts"][1]["conditions"] = ["natural", "blurred"]
    said = refused(demo, tmp_path / "study.yaml")
    assert "field references.blurred.sigma_px is missing" in said


@pytest.mark.parametrize("block", [{"images": 10}, None])
def test_a_file_has_one_form(demo, tmp_path, block):
    said = refused(demo | {"synthetic": block}, tmp_path / "study.yaml")
    assert "synthetic: found a block of its own, wanted a kind among the references" in said


def test_a_folder_of_the_form_before_goes_on_with_the_design_as_it_is_now(tmp_path):
    file = tmp_path / "experiment_1" / "study.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump(as_it_was(content_of("experiment_1"))), encoding="utf-8")
    assert open_study("experiment_1", tmp_path).study == load_study(file)


def test_nonsense_is_left_to_be_named_by_the_checks():
    for blocks in ({"synthetic": 3, "parts": 5}, {"parts": [{"conditions": [[1]]}, None, "x"]}):
        assert set(translated(blocks)["references"]) == {"natural", "synthetic"}
