"""Signal detection: sensitivity and bias for the upper or the lower image."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import ndtri

from analysis.data.dataset import Dataset
from analysis.result_columns import ALL, CONDITION, ESTIMATE, EXPERIMENT, N_PARTICIPANTS, N_TRIALS
from analysis.statistics.inference.intervals import estimate
from analysis.statistics.inference.rank_tests import holm
from analysis.statistics.summaries import uncertainty
from conditions.tables.schema import Column, Table

# A criterion that is as far from 0 as this moves 12 % of the answers of somebody who cannot tell.
STRONG_BIAS, ALPHA = 0.3, 0.05

_FORMULA = (
    "H and F are the shares of trials answered with the upper image where it is, and is not, the "
    "correct one, with half a trial added to each count and one to each total (log-linear "
    "correction, Hautus 1995). d' = (z(H) - z(F)) / sqrt 2, the form for two alternatives, which "
    "is the distance of one image's evidence from the other's in its standard deviations "
    "(Macmillan & Creelman 2005); times sqrt 2 it is that of a yes/no task. Criterion: "
    "-(z(H) + z(F)) / 2; above 0, the lower image is preferred."
)

SENSITIVITY_TABLE = Table(
    "sensitivity",
    f"Sensitivity and side bias by condition: means over participants. {_FORMULA}",
    (
        EXPERIMENT,
        CONDITION,
        Column(
            "measure",
            "str",
            "d_prime, criterion, or upper_share (answers with the upper image, 0–1).",
            levels=("d_prime", "criterion", "upper_share"),
        ),
        N_PARTICIPANTS,
        N_TRIALS,
        Column("mean", "float", "Mean over participants."),
        *ESTIMATE,
    ),
    key=("experiment", "condition", "measure"),
)

PARTICIPANT_SENSITIVITY_TABLE = Table(
    "participant_sensitivity",
    f"Sensitivity and side bias of each participant. {_FORMULA}",
    (
        EXPERIMENT,
        Column("participant", "int", "Number of the participant."),
        Column("trials_of", "str", "Condition whose trials these are; all for all together."),
        N_TRIALS,
        Column("hits", "int", "Upper image correct and chosen.", minimum=0),
        Column("misses", "int", "Upper image correct, lower chosen.", minimum=0),
        Column("false_alarms", "int", "Lower image correct, upper chosen.", minimum=0),
        Column("correct_rejections", "int", "Lower image correct and chosen.", minimum=0),
        Column("upper_share", "float", "Answers with the upper image.", minimum=0, maximum=1),
        Column("d_prime", "float", "Sensitivity.", required=False),
        Column("criterion", "float", "Bias; above 0: for the lower image.", required=False),
        Column(
            "remark",
            "str",
            f"Strong side bias: over all trials, a criterion of {STRONG_BIAS} or more from 0, and "
            f"p < {ALPHA} after Holm's correction over participants.",
            required=False,
        ),
    ),
    key=("experiment", "participant", "trials_of"),
)


@dataclass(frozen=True)
class Sensitivity:
    """Of arrays of counts: ``d_prime``, ``criterion``, and the standard error of the latter."""

    d_prime: np.ndarray
    criterion: np.ndarray
    criterion_se: np.ndarray


def sensitivity(
    hits: np.ndarray, misses: np.ndarray, false_alarms: np.ndarray, correct_rejections: np.ndarray
) -> Sensitivity:
    """Sensitivity and criterion of a choice between two alternatives.

    Parameters
    ----------
    hits, misses, false_alarms, correct_rejections : ndarray, shape (…)
        Counts of trials, see :data:`PARTICIPANT_SENSITIVITY_TABLE`.

    Returns
    -------
    Sensitivity
        NaN where one of the images was never the correct one.

    References
    ----------
    Hautus, M. J. (1995). Corrections for extreme proportions and their biasing effects on
    estimated values of d′. Behavior Research Methods, Instruments, & Computers, 27(1), 46–51.
    Macmillan, N. A., & Creelman, C. D. (2005). Detection theory: a user's guide (2nd ed.),
    chapter 7. Gourevitch, V., & Galanter, E. (1967). A significance test for one parameter
    isosensitivity functions. Psychometrika, 32(1), 25–33 (variance of z).
    """
    scores, variances = [], []
    for yes, no in ((hits, misses), (false_alarms, correct_rejections)):
        n = yes + no
        rate = np.where(n > 0, (yes + 0.5) / (n + 1), np.nan)
        z = ndtri(rate)
        scores.append(z)
        variances.append(rate * (1 - rate) / ((n + 1) * stats.norm.pdf(z) ** 2))
    return Sensitivity(
        (scores[0] - scores[1]) / np.sqrt(2),
        -(scores[0] + scores[1]) / 2,
        np.sqrt(variances[0] + variances[1]) / 2,
    )


def participant_sensitivity(dataset: Dataset) -> pd.DataFrame:
    """Each participant and condition, columns of :data:`PARTICIPANT_SENSITIVITY_TABLE`.

    Trials whose answer was not recorded as upper or lower are left out.
    """
    main = dataset.main[dataset.main["response"].isin(("upper", "lower"))]
    upper, correct = main["response"] == "upper", main["correct"].astype(bool)
    counted = pd.DataFrame(
        {
            "participant": main["participant"],
            "trials_of": main["condition"],
            "hits": upper & correct,
            "misses": ~upper & ~correct,
            "false_alarms": upper & ~correct,
            "correct_rejections": ~upper & correct,
        }
    )
    counted = pd.concat([counted, counted.assign(trials_of=ALL)], ignore_index=True)
    table = counted.groupby(["participant", "trials_of"], as_index=False, sort=True).sum()
    names = ["hits", "misses", "false_alarms", "correct_rejections"]
    counts = table[names].to_numpy(float).reshape(-1, 4)
    found = sensitivity(*counts.T)
    table["n_trials"] = table[names].sum(axis=1)
    table["upper_share"] = (table["hits"] + table["false_alarms"]) / table["n_trials"]
    table["d_prime"], table["criterion"] = found.d_prime, found.criterion
    whole = (table["trials_of"] == ALL).to_numpy()
    p = 2 * stats.norm.sf(np.abs(found.criterion[whole] / found.criterion_se[whole]))
    strong = (np.abs(found.criterion[whole]) >= STRONG_BIAS) & (holm(p) < ALPHA)
    remarks = np.full(len(table), None, dtype=object)
    remarks[whole] = [
        f"strong bias for the {'lower' if criterion > 0 else 'upper'} image" if is_strong else None
        for criterion, is_strong in zip(found.criterion[whole], strong, strict=True)
    ]
    return table.assign(experiment=dataset.experiment, remark=remarks)


def sensitivity_table(dataset: Dataset, people: pd.DataFrame) -> pd.DataFrame:
    """Means of :func:`participant_sensitivity`, columns of :data:`SENSITIVITY_TABLE`."""
    rows = []
    for condition in dataset.conditions:
        group = people[people["trials_of"] == condition]
        for measure in ("d_prime", "criterion", "upper_share"):
            known = group.dropna(subset=[measure])
            if known.empty:
                continue
            share = measure == "upper_share"
            found = estimate(known[measure], known["n_trials"] if share else None)
            rows.append(
                {
                    "experiment": dataset.experiment,
                    "condition": condition,
                    "measure": measure,
                    "n_participants": found.n,
                    "n_trials": int(known["n_trials"].sum()),
                    "mean": found.mean,
                    **uncertainty(found),
                }
            )
    return pd.DataFrame(rows)
