"""The study file: what is accepted, and what is said of the rest."""

import pytest
import yaml
from pydantic import ValidationError

from conditions.errors import StudyError
from conditions.folder import DESIGNS, open_study
from conditions.rig.key_names import KEY_NAMES
from conditions.study.parts import parse_scheme
from conditions.study.study import Study, load_study
from tests.conditions.study.faulty import changed, refused


def test_the_designs_that_come_along_are_valid():
    for path in sorted(DESIGNS.glob("*.yaml")):
        assert load_study(path).name == path.stem


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "My Study", "name: found 'My Study'"),
        ("seed", -1, "seed: found -1"),
        ("image.crop", 300, "crop 300 is larger than resize 216"),
        ("units.main", ["block02"], "unit 'block02' is not LAYER_CHANNEL"),
        ("units.main", [], "there are no main units"),
        ("units.practice", ["block02_0004"], "listed more than once: block02_0004"),
        ("units.hand_picked", ["block02_0009"], "units that are not listed: block02_0009"),
        ("parts.1.scheme", "Max-10", "'Max-10' is not Max-N or Min-Max-N"),
        ("parts.1.name", "before", "two parts are called before"),
        ("parts.0.catch", 1, "its condition none shows no references"),
        ("parts.1.conditions", ["natural", "natural"], "names a condition twice"),
        ("parts.1.bins", 1, "parts.1.bins: found 1"),
        ("keys", {"upper": "1"}, "a key has two meanings"),
        ("keys", {"mode": "combined", "go_on": "q"}, "a key has two meanings"),
        ("keys", {"upper_confidence": ["q", "w"]}, "keys.upper_confidence"),
        ("timing", {"deadline": 0}, "timing.deadline: found 0"),
        ("timing", {"feedback": True}, "timing.feedback: found on, wanted its length"),
        ("practice", {"draw": "lists", "blocks": {"natural": "a"}}, "are for draw: random"),
        ("repeats", {"least": 0, "most": 0}, "nothing would be repeated"),
        ("repeats", {"conditions": ["mixed"]}, "no part has the condition mixed"),
        (
            "repeats",
            {"least": 4},
            "4 least and 3 most confident trials are 7; condition none has 6",
        ),
        ("intuitiveness", ["end"], "intuitiveness trials need units of that role"),
        ("name", "nul", "name: found nul, which Windows takes for a device"),
        ("name", "n" * 300, "at most 100 characters"),
        ("title", "", "title: found ''"),
        ("units.main", ["block02_00004"], "'block02_00004': wanted its one spelling, block02_0004"),
        ("units.main.0", "Block02_0007", "in several spellings: Block02_0007, block02_0007"),
        ("units.sample", [{"layers": ["block02", "block02"]}], "found block02 twice"),
        ("natural.query_percentiles", [10, 20], "wanted a rising range above the middle, 50"),
        ("natural.query_percentiles", [50, 60], "wanted a rising range above the middle, 50"),
        ("timing.fixation", 500, "timing.fixation: found 500: wanted less than or equal to 60"),
        ("timing", {"deadline": 5000}, "timing.deadline: found 5000"),
        ("exclusions", {"min_rt_s": 200}, "exclusions.min_rt_s: found 200"),
        ("exclusions", {"max_rt_s": 60_000}, "exclusions.max_rt_s: found 60000"),
        ("exclusions", {"min_rt_s": 1, "max_rt_s": 1}, "min_rt_s 1 is not below max_rt_s 1"),
        ("exclusions", {"min_catch_accuracy": 70}, "exclusions.min_catch_accuracy: found 70"),
        ("keys", {"go_on": "return"}, "a key has two meanings: return;"),
        ("keys", {"lower": "escape"}, "a key has two meanings: escape;"),
        (
            "keys",
            {"go_on": "enter"},
            "keys.go_on: found 'enter', wanted PsychoPy's name of a key; did you mean return?",
        ),
        (
            "keys",
            {"upper": "Up"},
            "keys.upper: found 'Up', wanted PsychoPy's name of a key; did you mean up?",
        ),
        ("keys", {"upper": "arrow_down"}, "did you mean down?"),
        ("keys", {"confidence": ["eins", "2", "3"]}, "keys.confidence.0: found 'eins'"),
        ("keys", {"confidence": [1, "2", "3"]}, "keys.confidence.0: found 1: wanted text; numbers"),
        ("keys", {"upper": ["up", "numpad8"]}, "keys.upper: found 'numpad8', wanted PsychoPy's"),
        ("keys", {"upper": ["up", "w", "up"]}, "keys.upper: found up twice"),
        ("keys", {"upper": []}, "keys.upper: found an empty list"),
        ("keys", {"upper": ["up", "down"]}, "a key has two meanings: down;"),
        ("keys", {"go_on": ["space", "1"]}, "a key has two meanings: 1;"),
        ("keys", {"by": "label"}, "keys.by: found 'label': wanted 'position' or 'cap'"),
        ("demographics", ["age", "age"], "demographics: found age twice"),
        ("languages", ["../en"], "languages.0: found '../en'"),
        ("languages", ["de", "fr"], None),
        ("languages", [], None),
    ],
)
def test_a_misfit_is_named(demo, tmp_path, field, value, words):
    content = changed(demo, field, value)
    if words is None:
        assert Study.model_validate(content).language == (value or ["en"])[0]
    else:
        assert words in refused(content, tmp_path / "study.yaml")


@pytest.mark.parametrize(
    ("field", "value", "arithmetic"),
    [
        ("parts.1.main", 2, "synthetic has 4 main trials (blocks × main: 2 × 2), but shows each of "
         "the 6 main units once"),
        ("parts.1.practice", 2, "5 practice trials over all conditions need 3 lists of 2 practice "
         "units, which are 6; there are 3"),
        ("parts.1.catch", 4, "4 catch trials in a block need as many catch units (practice units "
         "where there are none); there are 3"),
        ("natural.batches", 3, "none (offset 0) and synthetic (offset 2) show the same units and "
         "would share a batch of natural images: 3 conditions need as many different batches, "
         "natural.batches 3 leave 2 beside batch 0"),
        ("batches.offset.natural", 0, "conditions none (offset 0) and natural (offset 0)"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_balanced_is_refused_with_the_arithmetic(
    demo, tmp_path, field, value, arithmetic
):
    assert arithmetic in refused(changed(demo, field, value), tmp_path / "study.yaml")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("part_orders.2", ["Max-1", "Max-9"], "part_orders.2: found ['Max-1', 'Max-9'], wanted"),
        ("unit_blocks.1", {"Max-1": "a"}, "unit_blocks.1: found parts ['Max-1'], wanted"),
        ("unit_blocks.0.Max-1", "e", "unit_blocks.0: e is no block of main units; there are a, b"),
        ("unit_blocks.0.Max-1", "b", "4 parts need as many different blocks of units, there are 3"),
        ("parts.0.main", 11, "each condition of part Max-1 has 22 main trials (blocks × main: 2 × "
         "11), but shows each of the 20 units of block a once"),
        ("practice.blocks.natural", "x", "practice units of block x; there are 0"),
        ("parts.1.practice", 21, "21 practice trials of natural in part Min-Max-1 need as many "
         "practice units of block g; there are 20"),
        ("parts.0.catch", 21, "21 catch trials in a block need as many catch units"),
        ("parts.0.bins", 5, None),
    ],
)  # fmt: skip
def test_experiment_2_with_a_mistake_is_refused(tmp_path, field, value, words):
    content = yaml.safe_load((DESIGNS / "experiment_2.yaml").read_text(encoding="utf-8"))
    content = changed(content, field, value)
    if words is None:
        assert Study.model_validate(content).natural_sets == (2, 5, 10)
    else:
        assert words in refused(content, tmp_path / "study.yaml")


def test_leftover_units_must_fit_into_the_blocks(tmp_path):
    content = yaml.safe_load((DESIGNS / "experiment_1.yaml").read_text(encoding="utf-8"))
    without = refused(content | {"leftover": "refuse"}, tmp_path / "study.yaml")
    assert "condition none has 44 main trials (blocks × main: 2 × 11 + 2 × 11)" in without
    assert "leftover: rotate would add one trial to some of its blocks" in without
    content["parts"][0]["main"] = 8
    said = refused(content, tmp_path / "study.yaml")
    assert "condition none has 38 main trials (blocks × main: 2 × 8 + 2 × 11)" in said
    assert "leftover: rotate adds at most one trial to each of its 4 blocks" in said


@pytest.mark.parametrize(
    ("field", "hint"),
    [
        ("sed", "unknown field sed; did you mean seed?"),
        ("keys.uper", "unknown field keys.uper; did you mean upper?"),
        ("parts.1.schema", "unknown field parts.1.schema; did you mean scheme?"),
        ("repeats.leest", "unknown field repeats.leest; did you mean least?"),
        ("exclusions.min_rt", "unknown field exclusions.min_rt; did you mean min_rt_s?"),
        ("units.sample.0.layer", "unknown field units.sample.0.layer; did you mean layers?"),
        ("units.blocks.role.unit", "unknown field units.blocks.role.unit; did you mean units?"),
        ("batches.zzz", "unknown field batches.zzz; known: every, offset, step"),
    ],
)
def test_an_unknown_field_names_the_nearest_known_one(demo, tmp_path, field, hint):
    demo["keys"], demo["repeats"], demo["exclusions"] = {}, {}, {}
    demo["units"]["sample"] = [{"layers": ["block05"], "role": "catch"}]
    demo["units"]["blocks"] = {"role": {"role": "catch", "units": ["block05_0001"]}}
    Study.model_validate(demo)
    assert hint in refused(changed(demo, field, 1), tmp_path / "study.yaml")


def test_feedback_can_be_off_and_a_deadline_set(demo, tmp_path):
    path = tmp_path / "study.yaml"
    demo["timing"] = {"deadline": 2.5}
    text = yaml.safe_dump(demo).replace("  deadline: 2.5", "  deadline: 2.5\n  feedback: off")
    path.write_text(text, encoding="utf-8")
    timing = load_study(path).timing
    assert (timing.feedback, timing.deadline) == (0.0, 2.5)


def test_only_the_keys_of_the_chosen_mode_must_differ(demo):
    keys = {"mode": "combined", "confidence": ["up", "2", "3"]}
    assert Study.model_validate(demo | {"keys": keys}).keys.answers == list("qweasd")


def test_a_study_with_single_keys_is_the_one_it_was_and_others_are_others(demo):
    plain = Study.model_validate(demo)
    assert plain.model_dump(mode="json")["keys"]["upper"] == "up"
    same = {"upper": ["up"], "by": "position"}
    assert Study.model_validate(demo | {"keys": same}).fingerprint() == plain.fingerprint()
    several = Study.model_validate(demo | {"keys": {"upper": ["up", "num_8"]}})
    assert several.model_dump(mode="json")["keys"]["upper"] == ["up", "num_8"]
    by_cap = Study.model_validate(demo | {"keys": {"by": "cap"}})
    assert len({study.fingerprint() for study in (plain, several, by_cap)}) == 3
    again = Study.model_validate(several.model_dump(mode="json"))
    assert again.keys.answers == ["up", "num_8", "down", "1", "2", "3"]


def test_the_same_batch_is_fine_where_no_unit_is_met_twice(tmp_path):
    """Parts with blocks of units of their own share none, whatever their batches."""
    content = yaml.safe_load((DESIGNS / "experiment_2.yaml").read_text(encoding="utf-8"))
    for part, condition in zip(content["parts"], ["natural", "synthetic"] * 2, strict=True):
        part["conditions"] = [condition]
    content["batches"]["offset"] = {}
    assert Study.model_validate(content).conditions == ["natural", "synthetic"]
    content["parts"][0]["conditions"] = ["natural", "synthetic"]
    assert "would share a batch" in refused(content, tmp_path / "study.yaml")


def test_an_unreadable_file_is_named(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("name: [unclosed", encoding="utf-8")
    with pytest.raises(StudyError, match="not valid YAML"):
        load_study(path)
    with pytest.raises(StudyError, match="No such file"):
        load_study(tmp_path / "missing.yaml")


def test_a_study_cannot_be_changed_in_place(demo):
    study = Study.model_validate(demo)
    with pytest.raises(ValidationError):
        study.seed = 3


@pytest.mark.parametrize("scheme", ["Max-0", "Min-9", "max-9", "Max-9 "])
def test_other_schemes_are_refused(scheme):
    with pytest.raises(ValueError, match="is not Max-N"):
        parse_scheme(scheme)


def test_keys_have_the_names_that_psychopy_gives_them_on_any_system():
    keyboard = pytest.importorskip("psychopy.hardware.keyboard")
    systems = (keyboard.keyNamesWin, keyboard.keyNamesMac, keyboard.keyNamesLinux)
    assert {name for names in systems for name in names.values()} == KEY_NAMES


def test_comments_do_not_change_a_study_but_values_do(demo, tmp_path):
    plain = Study.model_validate(demo)
    commented = load_study(DESIGNS / "demo.yaml")
    assert plain.fingerprint() == commented.fingerprint()
    assert Study.model_validate(demo | {"seed": 1}).fingerprint() != plain.fingerprint()


def test_a_folder_keeps_the_study_that_it_was_begun_with(demo, tmp_path):
    folder = open_study("demo", tmp_path)
    assert folder.study_file.read_bytes() == (DESIGNS / "demo.yaml").read_bytes()
    other = tmp_path / "other.yaml"
    other.write_text(yaml.safe_dump(demo | {"seed": 1}), encoding="utf-8")
    with pytest.raises(StudyError, match="is not the study that"):
        open_study(str(other), tmp_path)
    assert open_study(str(folder.path), tmp_path).study == folder.study


def test_a_folder_begins_with_its_first_file_and_not_before(demo, tmp_path):
    root = tmp_path / "studies"
    folder = open_study("demo", root, make=False)
    assert not root.exists()
    folder.begin()
    assert folder.study_file.read_bytes() == (DESIGNS / "demo.yaml").read_bytes()
    folder.study_file.write_text(folder.study_file.read_text() + "# mine", encoding="utf-8")
    open_study("demo", root).begin()
    assert folder.study_file.read_text(encoding="utf-8").endswith("# mine")
