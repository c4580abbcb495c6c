"""What cannot be told apart: found in designs that have it, and nowhere else."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.check import confounds
from conditions.folder import open_study
from conditions.study.study import Study
from conditions.trials.build import build_participant
from conditions.trials.told.confounds import associations, confounds_table, factors
from conditions.trials.told.confounds_in_words import as_designed, confounded, to_be_changed
from conditions.units.table import unit_table

PEOPLE = range(1, 25)


def found_in(study: Study, people: range = PEOPLE, change=None) -> list:
    units = unit_table(study)
    frames = [build_participant(study, units, p).assign(participant=p) for p in people]
    return associations(factors(pd.concat([change(f) if change else f for f in frames])))


def said_of(study: Study, people: range = PEOPLE, change=None) -> list[str]:
    return to_be_changed(found_in(study, people, change))


def test_experiment_2_has_its_batches_and_its_units(experiment_2):
    """Odd batches are natural, even ones synthetic; a unit has one place in a scheme."""
    assert said_of(experiment_2.study) == [
        "Confounded: the batch tells the condition: natural (odd from 1 to 11); synthetic (even "
        "from 2 to 12). A difference between conditions may be one between batches. Study file: "
        "batches.",
        "Confounded: the batch tells the order of conditions: natural, synthetic (1-2, 5-6, 9-10); "
        "synthetic, natural (3-4, 7-8, 11-12). Study file: batches.",
        "Partly confounded: the place in the session goes with the scheme (Cramer's V 0.54). A "
        "difference between schemes may be one between places in the session. Study file: "
        "part_orders.",
        "Confounded, within each scheme: the unit tells the place of the scheme in the session "
        "(each unit has one only). Study file: part_orders and unit_blocks.",
    ]


def test_other_rules_leave_nothing_confounded(experiment_2):
    """The published design with a batch for each participant and all turns of its part orders."""
    study = experiment_2.study
    turned = [order[i:] + order[:i] for order in study.part_orders for i in range(4)]
    changed = study.model_copy(
        update={
            "batches": study.batches.model_copy(update={"step": 1, "every": 1}),
            "part_orders": turned,
            "parts": [part.model_copy(update={"rotate_every": 16}) for part in study.parts],
        }
    )
    assert said_of(changed, range(1, 33)) == []
    # Orders that alternate from one participant to the next as the blocks of units do.
    parts = [part.model_copy(update={"rotate_every": 1}) for part in study.parts]
    (said,) = said_of(changed.model_copy(update={"parts": parts}))
    assert said.startswith("Confounded, within each scheme: the unit tells the order of conditions")


def test_the_other_designs_have_only_what_they_mean_to_have(experiment_1, template, demo):
    found = found_in(experiment_1.study)
    assert to_be_changed(found) == []
    assert as_designed(found) == [
        "By design: places in the session 1-2, 9-10: only condition none.",
        "By design: pick hand_picked: only branch pool.",
    ]
    for study in (template.study, Study.model_validate(demo)):
        found = found_in(study)
        assert to_be_changed(found) == []
        assert as_designed(found) == ["By design: place in the session 1: only condition none."]


def test_one_order_for_all_confounds_conditions_with_their_places(demo):
    del demo["parts"][1]["rotate_every"]
    (said,) = said_of(Study.model_validate(demo))
    assert said == (
        "Confounded: the place in the session tells the condition: synthetic (2, 4); natural "
        "(3, 5). A difference between conditions may be one between places in the session. Study "
        "file: parts."
    )


def test_units_of_one_condition_only_are_found(demo):
    """Each part shows its own units in its own condition, whoever sits there."""
    blocks = {"a": demo["units"]["main"][:3], "b": demo["units"]["main"][3:]}
    demo["units"]["blocks"] = {n: {"role": "main", "units": u} for n, u in blocks.items()}
    del demo["units"]["main"]
    demo["parts"] = [
        {"name": kind, "conditions": [kind], "main": 3, "scheme": scheme}
        for kind, scheme in (("natural", "Max-9"), ("synthetic", "Min-Max-9"))
    ]
    demo["part_orders"] = [["natural", "synthetic"], ["synthetic", "natural"]]
    demo["unit_blocks"] = [{"natural": "a", "synthetic": "b"}]
    demo["practice"] = {"draw": "random"}
    found = found_in(Study.model_validate(demo))
    said = to_be_changed(found)
    assert (
        "Confounded: the unit tells the condition (each unit has one only). A difference between "
        "conditions may be one between units. Study file: unit_blocks." in said
    )
    assert as_designed(found) == [
        "By design: condition natural: only scheme Max-9.",
        "By design: condition synthetic: only scheme Min-Max-9.",
    ]


@pytest.mark.parametrize("name", ["natural", "photos-of_mine2"])
def test_a_side_that_tells_the_condition_is_found(demo, name):
    """In condition files that were changed by hand; names are as a study may have them."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[frame["condition"] == name, "correct_response"] = "lower"
        return frame

    demo["references"] = {
        name if old == "natural" else old: kind for old, kind in demo["references"].items()
    }
    demo["parts"][1]["conditions"] = [name, "synthetic"]
    demo["batches"]["offset"][name] = demo["batches"]["offset"].pop("natural")
    (said,) = said_of(Study.model_validate(demo), change=change)
    assert said == f"Confounded: condition {name}: only side of the correct query lower. Study " + (
        "file: sides."
    )


@settings(max_examples=15)
@given(st.integers(1, 4), st.integers(0, 99))
def test_few_participants_and_random_trials_confound_nothing(people, seed):
    """Things that are put together by chance, few enough that one often tells another."""
    rng = np.random.default_rng(seed)
    frames = []
    for participant in range(1, people + 1):
        n = 12
        frame = pd.DataFrame(
            {
                "participant": participant,
                "phase": "main",
                "catch": False,
                "block": np.arange(n) // 3,
                "condition": rng.choice(["a", "b", "none"], n),
                "scheme": rng.choice(["Max-1", "Max-9"], n),
                "batch": rng.integers(1, 20, n),
                "unit": rng.permutation([f"u{i}" for i in range(n)]),
                "layer": rng.choice(["x", "y"], n),
                "branch": None,
                "pick": "random",
                "correct_response": rng.choice(["upper", "lower"], n),
            }
        )
        frames.append(frame)
    found = associations(factors(pd.concat(frames)))
    assert confounded(found) == []
    assert all(0 <= one.v <= 1 for one in found)
    assert list(confounds_table(found))[:3] == ["what", "tells", "within"] or not found


def test_one_participant_and_no_references_are_looked_at_too(demo):
    study = Study.model_validate(demo)
    assert said_of(study, range(1, 2)) == []
    demo["parts"] = [{"name": "before", "conditions": ["none"], "main": 6}]
    study = Study.model_validate(demo)
    assert said_of(study, range(1, 2)) == []
    assert said_of(study) == []


def test_the_check_looks_at_further_participants_and_says_so(demo, tmp_path):
    folder = open_study("demo", tmp_path)
    units = unit_table(folder.study)
    frames = {p: build_participant(folder.study, units, p) for p in (2, 30)}
    lines = confounds(folder, frames)
    assert lines[0] == "Confounds (main trials of 2 participants and 22 more by the same rules)"
    assert "place condition all trials" in lines[1]
    assert lines[2].startswith("13 other pairs of things go together by less than V 0.1.")
    assert lines[3:] == [
        "No confounds were found.",
        "By design: place in the session 1: only condition none.",
    ]
    many = {p: build_participant(folder.study, units, p) for p in range(1, 26)}
    assert confounds(folder, many)[0] == "Confounds (main trials of 25 participants)"
