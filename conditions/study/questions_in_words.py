"""The questions of a study in words."""

from conditions.study.contents import StudyContents

CORRECTIONS = {
    "holm": "Holm's correction",
    "bonferroni": "Bonferroni's correction",
    "none": "not corrected",
}


def questions_in_words(study: StudyContents) -> str:
    """A paragraph for the description of a design; empty where there are no two conditions."""
    asked, analysis = study.questions, study.analysis
    if asked.primary is None:
        return ""
    text = (
        f"Analysis. Primary question ({_by(asked.primary_declared)}): accuracy, "
        f"{asked.primary.comparison}."
    )
    if analysis.smallest_effect is not None:
        text += f" Smallest difference that matters: {analysis.smallest_effect:g} points."
    if asked.secondary:
        items = [one.in_short for one in asked.secondary]
        text += (
            f" Secondary questions ({_by(asked.secondary_declared)}; "
            f"{CORRECTIONS[analysis.correction]}): {'; '.join(items)}."
        )
    return text + f" They are decided over {analysis.over}."


def _by(declared: bool) -> str:
    return "declared" if declared else "by default"
