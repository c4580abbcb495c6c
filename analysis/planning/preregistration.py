"""What a preregistration says of a study: questions, tests, exclusions, sample size, power."""

from collections.abc import Sequence

from analysis.planning.power.asked_for import Simulated
from analysis.statistics.inference.crossed import BOTH
from analysis.statistics.inference.differences import FEWEST
from analysis.statistics.models.variance_components import PUBLISHED
from analysis.wording import counted, listed, measure_word
from analysis.writing.methods import RULES
from conditions.check import design_associations
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.asked.questions import CONDITION, INTERACTION, LEARNING, Question
from conditions.study.kinds.kind import NONE
from conditions.study.study import Study
from conditions.trials.durations import count_trials
from conditions.trials.told import balance_in_words
from conditions.trials.told.confounds_in_words import as_designed, to_be_changed

CORRECTIONS = {
    "holm": "with Holm's correction over them",
    "bonferroni": "with Bonferroni's correction over them",
    "none": "without correction",
}

SIDES = {
    "tossed": "Which query is on top is tossed for each trial.",
    "balanced": "The correct query is on top in half of the main, of the catch and of the practice "
    "trials of each block.",
}


def assumed(study: Study, effect: str | None) -> str | None:
    """The effect to plan for, where none is given: the smallest that the study file declares."""
    smallest = study.analysis.smallest_effect
    return effect if effect is not None or smallest is None else f"{smallest:g}"


def preregistration(
    study: Study, found: Simulated, sessions: int, confounds: Sequence[str] = ()
) -> list[str]:
    """The text, a paragraph a subject.

    Parameters
    ----------
    study : Study
        The study.
    found : Simulated
        Its power.
    sessions : int
        How many sessions there are already: a plan that is written after them says so.
    confounds : sequence of str
        What the design cannot tell apart, a sentence each.
    """
    paragraphs = [
        f"Analysis plan of {study.title} ({study.name}), from its study file.",
        _data(sessions),
        _primary(study, found.conditions),
        _secondary(study),
        _tests(study),
        _smallest(study),
        _exclusions(study),
        _counterbalancing(study, confounds),
        _session(study),
        "Sample size and power. " + " ".join([*found.sentences, *_effect(study, found)]),
    ]
    return [paragraph for paragraph in paragraphs if paragraph]


def _data(sessions: int) -> str:
    if not sessions:
        return "Data. There was no session in the study's folder when this was written."
    are = "was one session" if sessions == 1 else f"were {sessions} sessions"
    return (
        f"Data. There {are} in the study's folder when this was written: it is no preregistration "
        "of what they show."
    )


def _primary(study: Study, conditions: tuple[str, str]) -> str:
    declared = study.questions.primary_declared
    return (
        f"Primary question ({_by(declared)}). Is the proportion of correct answers in main trials "
        f"{_in_words(conditions[0])} another than {_in_words(conditions[1])}? The difference, "
        f"{' minus '.join(conditions)}, is reported in percentage points with its 95 % interval."
    )


def _by(declared: bool) -> str:
    return "declared in the study file" if declared else "by default; the study file declares none"


def _in_words(condition: str) -> str:
    return "without references" if condition == NONE else f"with {condition} references"


def _secondary(study: Study) -> str:
    questions = study.questions
    if not questions.secondary:
        return f"Secondary questions ({_by(questions.secondary_declared)}): none."
    items = "; ".join(
        f"({i}) {_question(question)}" for i, question in enumerate(questions.secondary, start=1)
    )
    return (
        f"Secondary questions ({_by(questions.secondary_declared)}): {items}. They are tested as "
        f"the primary one is, {CORRECTIONS[study.analysis.correction]}"
        f"{_all_count(study)}. All other tests of the report are exploratory."
    )


def _all_count(study: Study) -> str:
    if study.analysis.correction == "none" or not study.questions.secondary_declared:
        return ""
    return ", those that the data may leave without an answer included"


def _question(question: Question) -> str:
    pair = f"{question.first} minus {question.second}"
    if question.name == CONDITION:
        return f"{measure_word(question.measure)}, {pair}"
    if question.name == INTERACTION:
        return (
            f"whether the difference in accuracy, {pair}, is another with the most references than "
            "with the fewest"
        )
    if question.name == LEARNING:
        return (
            f"whether accuracy with {question.first} and {question.second} changes from block to "
            "block"
        )
    return f"whether the difference in accuracy, {pair}, changes from layer to layer"


def _tests(study: Study) -> str:
    decides = (
        "The former decides." if study.analysis.over == BOTH else "The latter decides, as declared."
    )
    return (
        "Tests. Each participant's proportions are compared within the participant, two-sided, "
        "alpha = .05, for two populations: other participants and other units, with both as random "
        "samples (a t test whose error has shares of participants and of units; Satterthwaite's "
        "degrees of freedom where each participant meets the units in both conditions, else a "
        "variance clustered by both and the degrees of freedom of the smaller sample); and other "
        f"participants with these units (paired t test). {decides} d_z and a JZS Bayes factor "
        "(Cauchy prior of scale .707) are those of participants' differences. With fewer than "
        f"{FEWEST} participants or units nothing is tested."
    )


def _smallest(study: Study) -> str:
    smallest = study.analysis.smallest_effect
    if smallest is None:
        return (
            "Smallest effect. None is declared (analysis: smallest_effect): a difference that is "
            "not found will not be called absent."
        )
    return (
        f"Smallest effect. A difference below {smallest:g} percentage points in either direction "
        "is taken not to matter: conditions are called equivalent where two one-sided t tests, "
        "alpha = .05 each, show that it is."
    )


def _exclusions(study: Study) -> str:
    rules = [RULES[rule].format(limit) for rule, limit in study.exclusions.declared.items()]
    if not rules:
        return "Exclusions. None are declared: all participants and answered main trials count."
    return (
        f"Exclusions. Left out are {listed(rules)}. Practice, catch and repeated trials and trials "
        "without an answer do not count."
    )


def confounds_of(folder: StudyFolder) -> list[str]:
    """What the design cannot tell apart, a sentence each; or that there is nothing."""
    try:
        found = design_associations(folder, {})
    except StudyError as error:
        return [f"Whether the design has confounds is not known: {error}."]
    return [*(to_be_changed(found) or ["No confounds were found."]), *as_designed(found)]


def _counterbalancing(study: Study, confounds: Sequence[str]) -> str:
    balance = balance_in_words.of_design(study).removeprefix("Balance. ")
    parts = ("Counterbalancing.", SIDES[study.sides], balance, *confounds)
    return " ".join(part for part in parts if part)


def _effect(study: Study, found: Simulated) -> list[str]:
    """Where the difference to be found comes from, if not from who planned."""
    first, second = found.plan.accuracy
    if {first, second} == set(PUBLISHED.accuracy):
        return [
            f"The difference is that of {PUBLISHED.source}, with nine references a pole "
            "(Min-Max-9); with other references, units and people it may be another."
        ]
    smallest = study.analysis.smallest_effect
    if smallest is not None and abs(100 * abs(first - second) - smallest) < 1e-9:
        return ["The difference is the smallest that matters, as declared."]
    return []


def _session(study: Study) -> str:
    trials = count_trials(study)
    return (
        f"A session has {counted(trials['all'], 'trial')}, of which {trials['main']} are main "
        f"trials on {counted(study.units.count('main'), 'unit')}: "
        f"{listed([f'{study.main_trials(c)} {_in_words(c)}' for c in study.conditions])}."
    )
