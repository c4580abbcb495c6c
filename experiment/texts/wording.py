"""Texts whose blanks depend on the study."""

from conditions.study.kinds.kind import NONE
from conditions.study.parts import parse_scheme
from conditions.study.study import Study
from experiment.plan import Trial
from experiment.records.standing import Standing
from experiment.records.store import Trouble
from experiment.texts.languages import Texts, keys_label, row_label


def instructions(texts: Texts, study: Study) -> str:
    """The page that explains the trials of a study."""
    keys, timing = study.keys, study.timing
    rows = {"upper_keys": keys.upper_confidence, "lower_keys": keys.lower_confidence}
    single = dict(zip(("low", "middle", "high"), keys.confidence, strict=True))
    single |= {"upper": keys.upper, "lower": keys.lower}
    how = texts[f"how_{keys.mode}"].format(
        **{name: keys_label(texts, names) for name, names in single.items()},
        **{name: row_label(texts, row) for name, row in rows.items()},
    )
    limit = texts["limit_none"]
    if timing.deadline is not None:
        limit = texts["limit"].format(seconds=f"{timing.deadline:g}")
    return texts["instructions"].format(
        sides=texts[f"sides_{_sides(study)}"],
        how=how.strip(),
        limit=limit,
        feedback=texts["feedback_on" if timing.feedback else "feedback_off"],
    )


def block_card(texts: Texts, trial: Trial) -> str:
    """What is said before a block: the kind of its references, and what stands where.

    The texts are those of a session, see :func:`experiment.texts.kinds.session_texts`.
    """
    words = texts[f"card_{trial['condition']}"]
    if not trial["n_references"]:
        return words
    shown = "shown_min_max" if trial["left_title"] else "shown_max"
    return f"{words}\n\n{texts[shown].format(n=trial['n_references'])}"


def session_title(texts: Texts, standing: Standing) -> str:
    """Which of a participant's sessions it is."""
    return texts["session"].format(session=standing.session, sessions=standing.sessions)


def session_end(texts: Texts, standing: Standing) -> str:
    """The last page of a session that others follow."""
    return texts["session_end"].format(
        session=standing.session, sessions=standing.sessions, next=standing.session + 1
    )


def _sides(study: Study) -> str:
    with_references = [part for part in study.parts if set(part.conditions) != {NONE}]
    with_min = {"min" in parse_scheme(part.scheme)[0] for part in with_references}
    return {(): "none", (True,): "min_max", (False,): "max"}.get(tuple(with_min), "both")


def trouble(texts: Texts, found: Trouble) -> str:
    """What is said when data cannot be written where they belong."""
    kept = texts["trouble_memory"]
    if found.rescue is not None:
        kept = texts["trouble_kept"].format(rescue=found.rescue)
    return texts["trouble"].format(folder=found.folder, reason=found.reason, kept=kept)
