"""The text of methods.txt: how the numbers of the report were found."""

from analysis.data.dataset import Dataset
from analysis.data.places import of_places
from analysis.data.sessions.numbers import sessions_in_words
from analysis.statistics.inference.differences import FEWEST
from analysis.statistics.inference.errors import LEAST_SHARE
from analysis.statistics.models.described import models_described
from analysis.statistics.questions import asked_of
from analysis.wording import counted, listed
from analysis.writing.apparatus import apparatus_paragraphs
from analysis.writing.timing import timing_paragraphs
from analysis.writing.web import web_paragraphs
from conditions.study.asked.questions import CHANCE
from conditions.study.kinds.kind import NONE

CORRECTIONS = {
    "holm": "after Holm's correction for their number",
    "bonferroni": "after Bonferroni's correction for their number",
    "none": "without a correction for their number, as declared",
}
RULES = {
    "min_catch_accuracy": "participants with fewer than {:.0%} of their catch trials correct",
    "min_rt_s": "trials answered in less than {:g} s",
    "max_rt_s": "trials answered in more than {:g} s",
    "max_same_answer_row": "participants who chose the query of the same row in more than {:.0%} "
    "of the main trials",
    "min_total_minutes": "participants who took less than {:g} minutes",
    "max_total_minutes": "participants who took more than {:g} minutes",
}


def first_methods(datasets: list[Dataset]) -> list[str]:
    """What has to be known to read the answers: who was measured, and how questions are decided."""
    return [*(_sample(dataset) for dataset in datasets), *_decided(datasets)]


def further_methods(datasets: list[Dataset]) -> list[str]:
    """One paragraph a subject on all else, for all experiments of a report."""
    baseline = [d.title for d in datasets if NONE in d.conditions]
    return [
        *(paragraph for dataset in datasets for paragraph in _kinds(dataset)),
        *(paragraph for dataset in datasets for paragraph in apparatus_paragraphs(dataset.rigs)),
        *(paragraph for dataset in datasets for paragraph in timing_paragraphs(dataset.rigs)),
        *(paragraph for dataset in datasets for paragraph in web_paragraphs(dataset)),
        "Accuracy, reaction time and confidence are those of main trials without catch trials. "
        "Practice, catch and repeated trials enter no other result and have tables of their own. "
        "Trials without an answer count neither as correct nor as wrong. Each participant's trials "
        "are averaged first; means and standard errors are over participants. Reaction times are "
        "given for correct and for all answered trials, as means, as medians and as means of the "
        "natural logarithm.",
        "± is 2 standard errors of the mean over participants, from the sample standard deviation. "
        "Intervals of mean proportions are Wilson's with an effective number of trials from the "
        "variance between participants and Student's quantile (Korn & Graubard 1998; Dean & Pagano "
        "2015); those of other means are Student's (of times, of the mean's logarithm). Both are "
        "about other people and the same units. Units have 95 % Wilson intervals over trials, "
        "about these participants. Bars of "
        "figures that compare conditions within participants are Cousineau–Morey intervals (Morey "
        "2008), which are for differences and not for single means; each caption says what its "
        "bars are.",
        "The tests of ranks, which answer no declared question, are two-sided and over "
        "participants: Wilcoxon's signed-rank test (zero differences are dropped, and p is exact, "
        "also with ties, up to 50 participants), and Mann-Whitney's test for experts against lay "
        "people and for participants who met the one or the other of two kinds first. Effects are "
        "rank-biserial correlations. Holm's correction is over the tests of the same measure and "
        "comparison. They are about other people and the same units.",
        models_described(),
        _baseline(baseline),
        "Trends: each participant's own slope over layers, blocks or schemes (from one level to "
        "the next), or contrast of schemes, is tested against 0 (Student's t), branches against "
        "each other by Friedman's test in its F form; over units, layers by a regression and "
        "branches by Kruskal and Wallis's test. Those over participants are about other people and "
        "the same units, those over units about the same people and other units.",
        "Sensitivity is d′ of two alternatives with the log-linear correction (Hautus 1995). The "
        "type-2 AUROC is the probability that a correct answer has the greater confidence than a "
        "wrong one, ties counted half, for each participant who gave both. Meta-d′ is fitted by "
        "maximum likelihood (Maniscalco & Lau 2012); M-ratio is the mean meta-d′ over the mean d′, "
        "with a jackknife interval over participants.",
        "Agreement on units is Fleiss' kappa of being correct, with units as subjects and "
        "participants as raters. Reliability is Spearman's correlation of random halves, stepped "
        "up to the whole (Spearman-Brown), and Cronbach's alpha with a jackknife interval.",
        *_repeats(datasets),
    ]


def declared_rules(dataset: Dataset) -> list[str]:
    """The exclusions of a study in words."""
    return [RULES[rule].format(limit) for rule, limit in dataset.exclusions.declared.items()]


def methods_text(datasets: list[Dataset]) -> str:
    """The text of ``methods.txt``."""
    paragraphs = [*first_methods(datasets), *further_methods(datasets)]
    return "\n\n".join(["Methods", *paragraphs]) + "\n"


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
        f"Left out, as declared: {listed(rules)}." if rules else ("No exclusions were declared.")
    )
    return (
        f"{dataset.title}: {counted(len(dataset.participants), 'participant')}"
        + (f" ({listed(groups)})" if groups else "")
        + of_places(dataset.trials)
        + (f" {sessions}" if (sessions := sessions_in_words(dataset.trials)) else "")
        + f", conditions {listed(dataset.conditions)}{shown}. {excluded}"
    )


def _decided(datasets: list[Dataset]) -> list[str]:
    """How questions are answered, and which answer decides."""
    texts = [
        "A difference is that of participants' means. For other people and the same units it has "
        "a paired t test over participants. For other people and other units, participants and "
        "units are both random samples: where nearly all units were met in both conditions, from "
        "the differences of a participant on a unit (variance components by the method of moments, "
        "quasi-F of Clark 1973, degrees of freedom after Satterthwaite), elsewhere with a variance "
        "clustered by participants and by units (Cameron, Gelbach & Miller 2011) and the degrees "
        "of freedom of the smaller sample. Intervals are 95 % intervals; a variance is at least "
        f"{LEAST_SHARE:g} of that of independent trials, and an interval for other units is at "
        f"least as wide as that for these; of fewer than {FEWEST} participants or units nothing is "
        "tested. The effect size is Cohen's d_z, and the Bayes factor that of Jeffreys, Zellner "
        "and Siow (Cauchy prior of scale .707, Rouder et al. 2009), both from participants' own "
        "differences; neither is given where all of them are equal."
    ]
    primary = [asked_of(dataset).primary for dataset in datasets]
    if any(one is not None and one.name == CHANCE for one in primary):
        texts.append("A single condition is compared with chance, 50 %: a one-sample t test.")
    for dataset in datasets:
        analysis = dataset.analysis
        name = f" ({dataset.title})" if len(datasets) > 1 else ""
        equivalence = (
            ""
            if analysis.smallest_effect is None
            else " A difference that two one-sided tests (p < .05, corrected likewise) place "
            f"inside ±{analysis.smallest_effect:g} percentage points is called equivalent."
        )
        texts.append(
            f"Questions{name} are decided for other {analysis.over} at p < .05: the primary one "
            f"without a correction, the further ones {CORRECTIONS[analysis.correction]}."
            f"{equivalence}"
        )
    return texts


def _kinds(dataset: Dataset) -> list[str]:
    """What the reference images were, where the study says it."""
    words = {name: dataset.kinds.words.get(name) for name in dataset.conditions}
    parts = [f"{name}, {text.removesuffix('.')}" for name, text in words.items() if text]
    return [f"Reference images ({dataset.title}): {'; '.join(parts)}."] if parts else []


def _repeats(datasets: list[Dataset]) -> list[str]:
    if not any((dataset.trials["phase"] == "repeat").any() for dataset in datasets):
        return []
    return [
        "Repeated trials are those of least and most confidence, so that a second confidence "
        "regresses to the mean. Adjusted means are what a regression on the first confidence, "
        "within participants, gives at each participant's usual confidence."
    ]


def _baseline(experiments: list[str]) -> str:
    if not experiments:
        return "No trials without references were run: chance is taken to be 50 %."
    return (
        "What participants reach without references was measured "
        f"({listed(experiments)}), not assumed to be 50 %; conditions are compared with it, and it "
        "is compared with 50 %."
    )
