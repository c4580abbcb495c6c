"""The mixed models in words, for the methods of a report."""

from analysis.statistics.models.crossed.mode import EFFECT_PRIOR_SD, INTERCEPT_PRIOR_SD
from analysis.statistics.models.model_trials import FEWEST_PARTICIPANTS, FEWEST_UNITS


def models_described() -> str:
    """A paragraph on the models of accuracy and of reaction times."""
    return (
        "The mixed model of accuracy is logistic, with fixed effects of the condition (with "
        "several schemes: condition × scheme, trials with references) and crossed random effects "
        "of participants and of units: what each has in common over conditions, and what is its "
        "own in each condition, so that participants and units are both taken as samples. Their "
        "standard deviations maximise the restricted likelihood by Laplace's approximation, and "
        "have no prior; the fixed effects then maximise the marginal likelihood by Laplace's "
        "approximation, as glmer of lme4 does (Bates et al. 2015), with normal priors around 0 of "
        f"standard deviation {INTERCEPT_PRIOR_SD:g} on the intercept and {EFFECT_PRIOR_SD:g} on "
        "effects, in log odds. Intervals and p values are those of Student's t with "
        "Satterthwaite's degrees of freedom. Where all answers of a condition are right, or all "
        "wrong, no odds ratio next to it is given. Differences in accuracy that the model implies "
        "are means over all participants and units like these. Reaction times have linear models "
        "of their natural logarithm with the same effects (REML). No model is fitted to fewer than "
        f"{FEWEST_PARTICIPANTS} participants or {FEWEST_UNITS} units."
    )
