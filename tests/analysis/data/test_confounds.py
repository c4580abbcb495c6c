"""What answered trials cannot tell apart is a remark on the data."""

import numpy as np
import pytest

from analysis.data.confounds import confounds_of


def test_the_published_designs_have_what_they_have(experiment_1, experiment_2):
    assert not [remark for remark in experiment_1.remarks if remark.startswith("Confounded")]
    assert [remark for remark in experiment_2.remarks if remark.startswith("Confounded")] == [
        "Confounded: the batch tells the condition: natural (odd from 1 to 11); synthetic (even "
        "from 2 to 12). A difference between conditions may be one between batches.",
        "Confounded: the batch tells the order of conditions: natural, synthetic (1-2, 5-6, 9-10); "
        "synthetic, natural (3-4, 7-8, 11-12).",
        "Confounded, within each scheme: the unit tells the place of the scheme in the session "
        "(each unit has one only).",
    ]


def test_participants_who_all_had_the_same_order_are_told(experiment_2):
    """The first four of them began each scheme with the same condition."""
    trials = experiment_2.trials
    (said, *_) = confounds_of(trials[trials["participant"] <= 4])
    assert said.startswith(
        "Confounded: the place in the session tells the condition: natural (odd from 1 to 15); syn"
    )
    assert confounds_of(trials[trials["participant"] == 1]) == []


@pytest.mark.parametrize("answered", [1.0, 0.8])
def test_the_side_of_the_correct_query_follows_from_the_answers(experiment_1, answered):
    """Natural references had it above, others on either side; some trials have no answer."""
    trials = experiment_1.trials.copy()
    rng = np.random.default_rng(7)
    side = np.where(rng.random(len(trials)) < 0.5, "upper", "lower")
    side = np.where(trials["condition"] == "natural", "upper", side)
    other = np.where(side == "upper", "lower", "upper")
    trials["response"] = np.where(trials["correct"].eq(True), side, other)
    missed = rng.random(len(trials)) >= answered
    trials.loc[missed, ["response", "correct"]] = None
    (said,) = confounds_of(trials)
    assert said == "Confounded: condition natural: only side of the correct query upper."
