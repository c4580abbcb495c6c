"""The text of methods.txt: how the numbers of the report were found."""

from analysis.data.dataset import Dataset
from analysis.statistics.models.mixed_model import FIXED_PRIOR_SD, VARIANCE_PRIOR_SD
from analysis.wording import counted, listed
from analysis.writing.apparatus import apparatus_paragraphs
from conditions.study.kinds.kind import NONE

RULES = {
    "min_catch_accuracy": "participants with fewer than {:.0%} of their catch trials correct",
    "min_rt_s": "trials answered in less than {:g} s",
    "max_rt_s": "trials answered in more than {:g} s",
    "max_same_answer_row": "participants who chose the query of the same row in more than {:.0%} "
    "of the main trials",
    "min_total_minutes": "participants who took less than {:g} minutes",
    "max_total_minutes": "participants who took more than {:g} minutes",
}


def methods_paragraphs(datasets: list[Dataset]) -> list[str]:
    """One paragraph a subject, for all experiments of a report."""
    baseline = [d.title for d in datasets if NONE in d.conditions]
    return [
        *(_sample(dataset) for dataset in datasets),
        *(paragraph for dataset in datasets for paragraph in _kinds(dataset)),
        *(paragraph for dataset in datasets for paragraph in apparatus_paragraphs(dataset.rigs)),
        "Accuracy, reaction time and confidence are those of main trials; practice, catch and "
        "repeated trials are reported apart. Trials without an answer count neither as correct nor "
        "as wrong. Each participant's trials are averaged first; means, standard errors and tests "
        "are over participants. Reaction times are given for correct and for all answered trials, "
        "as means, as medians and as means of the natural logarithm.",
        "± and error bars are 2 standard errors of the mean, from the sample standard deviation. "
        "Intervals are 95 % intervals over participants: of proportions Wilson's with the number "
        "of trials that the variance between participants amounts to, at most that of all trials, "
        "and Student's quantile (Korn & Graubard 1998, Survey Methodology 24, 193–201; Dean & "
        "Pagano 2015, Journal of Survey Statistics and Methodology 3, 484–503), of all else "
        "Student's t. Units have 95 % Wilson intervals over trials.",
        "Paired comparisons are two-sided Wilcoxon signed-rank tests over participants; zero "
        "differences are dropped, and p is exact, also with ties (up to 50 participants). Experts "
        "and lay people, and participants who met the one or the other of two kinds first, are "
        "compared by two-sided Mann-Whitney tests. Effects are rank-biserial correlations. Holm's "
        "correction is applied over the tests of the same measure and question.",
        "The logistic mixed model has fixed effects of the condition (with several schemes: "
        "condition × scheme, trials with references) and crossed random intercepts of participants "
        "and units, with normal priors of standard deviation "
        f"{FIXED_PRIOR_SD:g} on fixed effects and {VARIANCE_PRIOR_SD:g} on log standard deviations "
        "of random effects: variance components by variational Bayes (statsmodels), fixed effects "
        "and their covariance by the Laplace approximation given these.",
        _baseline(baseline),
        "The type-2 AUROC is the probability that a correct answer has the greater confidence than "
        "a wrong one, ties counted half, for each participant who gave both. Agreement on units is "
        "Fleiss' kappa of being correct, with units as subjects and participants as raters.",
    ]


def declared_rules(dataset: Dataset) -> list[str]:
    """The exclusions of a study in words."""
    return [RULES[rule].format(limit) for rule, limit in dataset.exclusions.declared.items()]


def methods_text(datasets: list[Dataset]) -> str:
    """The text of ``methods.txt``."""
    return "\n\n".join(["Methods", *methods_paragraphs(datasets)]) + "\n"


def _sample(dataset: Dataset) -> str:
    people = dataset.trials.drop_duplicates("participant")["expertise"].value_counts()
    groups = [f"{count} {level}" for level, count in people.items()]
    shown = (
        f", scheme{'s' if len(dataset.schemes) > 1 else ''} {listed(dataset.schemes)}"
        if dataset.schemes
        else ""
    )
    rules = declared_rules(dataset)
    excluded = (
        f"Left out, as declared in the study file: {listed(rules)}."
        if rules
        else ("No exclusions were declared.")
    )
    return (
        f"{dataset.title}: {counted(len(dataset.participants), 'participant')}"
        + (f" ({listed(groups)})" if groups else "")
        + f", conditions {listed(dataset.conditions)}{shown}. {excluded}"
    )


def _kinds(dataset: Dataset) -> list[str]:
    """What the reference images were, where the study says it."""
    words = {name: dataset.kinds.words.get(name) for name in dataset.conditions}
    parts = [f"{name}, {text.removesuffix('.')}" for name, text in words.items() if text]
    return [f"Reference images ({dataset.title}): {'; '.join(parts)}."] if parts else []


def _baseline(experiments: list[str]) -> str:
    if not experiments:
        return "No trials without references were run: chance is taken to be 50 %."
    return (
        "What participants reach without references was measured "
        f"({listed(experiments)}), not assumed to be 50 %; conditions are compared with it, and it "
        "is compared with 50 %."
    )
