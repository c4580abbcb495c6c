"""From similarities to an answer: how a machine observer decides a trial."""

from dataclasses import dataclass

import numpy as np

from conditions.commands.options import Words
from conditions.seeds import named_rng
from conditions.tables.condition_file import LEFT_COLUMNS, RIGHT_COLUMNS
from conditions.tables.stimuli import POLES
from experiment.observers.embeddings.embedding import Embedding
from experiment.plan import Trial

# A convention until data are given: cosines that differ by 0.22 are answered right 9 times of 10.
ALPHA = 10.0
# Of the soft maximum: similarities that differ by so much weigh as 1 to e.
TEMPERATURE = 0.1
# The range of the probability of the chosen answer, ½…1, in three equal parts.
CONFIDENCE_FROM = (0.5, 2 / 3, 5 / 6)


class Rule(Words):
    """How the similarities of a query to several references become one."""

    MEAN = "mean"
    MAX = "max"
    SOFTMAX = "softmax"


@dataclass(frozen=True)
class Judgement:
    """What a trial looks like to an observer; see the table of judgements for the fields."""

    evidence: float
    p_upper: float
    upper_to_max: float | None = None
    upper_to_min: float | None = None
    lower_to_max: float | None = None
    lower_to_min: float | None = None


def references_of(trial: Trial) -> dict[str, list[str]]:
    """The shown references of a trial by pole: ``min``, ``max``, or none of them."""
    sides = ((trial["left_title"], LEFT_COLUMNS), (trial["right_title"], RIGHT_COLUMNS))
    shown = {
        title: [trial[column] for column in columns if trial[column]] for title, columns in sides
    }
    return {pole: shown[pole] for pole in POLES if shown.get(pole)}


def judge(embedding: Embedding, trial: Trial, rule: Rule, alpha: float) -> Judgement:
    """Judge a trial by similarity alone.

    With s(q, R) the pooled similarity of query q to references R, the evidence is
    Δ(upper) − Δ(lower), Δ(q) = s(q, max) − s(q, min), and the probability of the answer upper
    σ(α · evidence) (after the machine interpretability score of Klindt, Zimmermann et al. 2024). A
    pole that is not shown counts 0: without any reference the probability is ½.

    Parameters
    ----------
    embedding : Embedding
        Has looked at the session's images.
    trial : dict
        Row of the condition file.
    rule : Rule
        How similarities to several references are pooled.
    alpha : float
        Slope, in 1 / similarity.
    """
    queries = [trial["upper"], trial["lower"]]
    found = {
        pole: pooled(embedding.similarities(queries, references), rule)
        for pole, references in references_of(trial).items()
    }
    nothing = np.zeros(2)
    upper, lower = found.get("max", nothing) - found.get("min", nothing)
    evidence = float(upper - lower)
    named = {
        f"{query}_to_{pole}": float(values[i])
        for pole, values in found.items()
        for i, query in enumerate(("upper", "lower"))
    }
    # Loaded with the first judgement: the command line needs the names of the rules only.
    from scipy.special import expit

    return Judgement(evidence, float(expit(alpha * evidence)), **named)


def pooled(similarities: np.ndarray, rule: Rule) -> np.ndarray:
    """One similarity a query, from those to each reference, shape (queries, references)."""
    if rule is Rule.MEAN:
        return similarities.mean(1)
    if rule is Rule.MAX:
        return similarities.max(1)
    from scipy.special import softmax

    return (softmax(similarities / TEMPERATURE, axis=1) * similarities).sum(1)


def choose(p_upper: float, sampled: bool, seed: int, participant: int, trial: int) -> str:
    """The answer: the likelier one, or drawn; a probability of ½ is tossed either way.

    The draw depends on nothing but seed, participant and trial.
    """
    if not sampled and p_upper != 0.5:
        return "upper" if p_upper > 0.5 else "lower"
    rng = named_rng(seed, f"machine/participant-{participant:03d}/trial-{trial}")
    return "upper" if rng.random() < p_upper else "lower"


def confidence_in(p_upper: float) -> int:
    """Confidence 1, 2 or 3: the likelier answer's probability from ½, ⅔ or ⅚ on.

    >>> confidence_in(0.5), confidence_in(0.3), confidence_in(0.9)
    (1, 2, 3)
    """
    return sum(max(p_upper, 1 - p_upper) >= limit for limit in CONFIDENCE_FROM)
