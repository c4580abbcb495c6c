"""Texts whose blanks depend on the study."""

from dataclasses import dataclass

from conditions.study.answering import Keys, Timing
from conditions.study.kinds.kind import NONE
from conditions.study.parts import parse_scheme
from conditions.study.study import Study
from experiment.plan import Trial
from experiment.records.standing import Standing
from experiment.records.store import Trouble
from experiment.texts.languages import Texts, as_printed, keys_label, row_label


@dataclass(frozen=True)
class Page:
    """A page to read: one thought below a title."""

    title: str
    body: str


def welcome(texts: Texts, standing: Standing) -> Page:
    """The first page; where there are several sessions, it says which of them this is."""
    body = texts["welcome"]
    if standing.sessions > 1:
        which = texts["session"].format(session=standing.session, sessions=standing.sessions)
        body = f"{which}\n\n{body}"
    return Page(texts["welcome_title"], body)


def introduction(texts: Texts) -> list[Page]:
    """What a network and what a unit is: whoever is asked about units reads it first."""
    return [Page(texts[f"{name}_title"], texts[name]) for name in ("network", "unit")]


def ratings(texts: Texts) -> list[Page]:
    """What is rated, and what is asked of it; the texts are those of a session."""
    pages = (texts[name] for name in ("ratings", "ratings_question"))
    return [Page(texts["ratings_title"], body) for body in pages]


def instructions(texts: Texts, study: Study) -> list[Page]:
    """The pages that explain the trials of a study, up to the one before the example."""
    task, sides = texts["task"], _sides(study)
    pages = [Page(texts["task_title"], task)]
    if sides == "none":
        pages = [Page(texts["task_title"], f"{task}\n\n{texts['sides_none']}")]
    else:
        shown = texts[f"sides_{sides}"].format(images=texts[f"how_many_{_how_many(study)}"])
        parts = [shown, texts["sides_help"]]
        if NONE in study.conditions:
            parts.append(texts["sides_sometimes"])
        pages.append(Page(texts["sides_title"], "\n\n".join(parts)))
    example = texts["example_none" if sides == "none" else "example"]
    return [
        *pages,
        Page(texts["answer_title"], _how(texts, study.keys)),
        Page(texts["course_title"], _course(texts, study.timing)),
        Page(texts["example_title"], example),
    ]


def _how(texts: Texts, keys: Keys) -> str:
    """Which key says what."""
    rows = {"upper_keys": keys.upper_confidence, "lower_keys": keys.lower_confidence}
    single = dict(zip(("low", "middle", "high"), keys.confidence, strict=True))
    single |= {"upper": keys.upper, "lower": keys.lower}
    return texts[f"how_{keys.mode}"].format(
        **{name: keys_label(texts, names) for name, names in single.items()},
        **{name: row_label(as_printed(texts), row) for name, row in rows.items()},
    )


def _course(texts: Texts, timing: Timing) -> str:
    """How long an answer may take, and what follows it."""
    limit = texts["limit_none"]
    if timing.deadline == 1:
        limit = texts["limit_one"]
    elif timing.deadline is not None:
        seconds = f"{timing.deadline:g}".replace(".", texts["decimal"])
        limit = texts["limit"].format(seconds=seconds)
    feedback = texts["feedback_on" if timing.feedback else "feedback_off"]
    return f"{limit}\n\n{feedback}"


def block_card(texts: Texts, trial: Trial) -> str:
    """What is said before a block: the kind of its references, and what stands where.

    The texts are those of a session, see :func:`experiment.texts.kinds.session_texts`.
    """
    words = texts[f"card_{trial['condition']}"]
    if not trial["n_references"]:
        return words
    shown = "shown_min_max" if trial["left_title"] else "shown_max"
    return f"{words}\n\n{texts[shown]}"


def session_end(texts: Texts, standing: Standing) -> str:
    """The last page of a session that others follow."""
    return texts["session_end"].format(
        session=standing.session, sessions=standing.sessions, next=standing.session + 1
    )


def _sides(study: Study) -> str:
    with_min = {"min" in poles for poles, _ in _schemes(study)}
    if not with_min:
        return "none"
    return "both" if len(with_min) > 1 else "min_max" if True in with_min else "max"


def _how_many(study: Study) -> str:
    single = {n == 1 for _, n in _schemes(study)}
    return "both" if len(single) > 1 else "one" if True in single else "several"


def _schemes(study: Study) -> list[tuple[tuple[str, ...], int]]:
    """Poles and number of references of all parts that have any."""
    with_references = [part for part in study.parts if set(part.conditions) != {NONE}]
    return [parse_scheme(part.scheme) for part in with_references]


def trouble(texts: Texts, found: Trouble) -> str:
    """What is said when data cannot be written where they belong."""
    kept = texts["trouble_memory"]
    if found.rescue is not None:
        kept = texts["trouble_kept"].format(rescue=found.rescue)
    return texts["trouble"].format(folder=found.folder, reason=found.reason, kept=kept)
