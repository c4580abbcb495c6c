"""The questions that a study asks: those that its file declares, and the usual ones for others."""

from collections.abc import Sequence

from conditions.study.asked.questions import (
    ACCURACY,
    CHANCE,
    CONDITION,
    CONFIDENCE,
    INTERACTION,
    LAYERS,
    LEARNING,
    MEASURES,
    RT,
    WORDS,
    Analysis,
    Designed,
    Question,
    Questions,
)
from conditions.study.kinds.kind import NONE


def questions_of(
    analysis: Analysis, conditions: Sequence[str], photographs: str | None, designed: Designed
) -> Questions:
    """The questions that a study file declares, and the usual ones for what it does not.

    Parameters
    ----------
    analysis : Analysis
        Of the study file.
    conditions : sequence of str
        The kinds that are shown, in the study's order, and ``none`` where it is.
    photographs : str or None
        The kind that is the pool's photographs.
    designed : Designed
        Schemes, blocks and layers.

    Raises
    ------
    ValueError
        Names the field, what was found and what is wanted.
    """
    given, asked = analysis.primary, analysis.secondary
    primary = (
        _comparison("primary", _without_accuracy(given), ACCURACY, conditions)
        if given is not None
        else _usual_primary(conditions, photographs)
    )
    if asked is None:
        secondary = _usual_secondary(primary, conditions, designed)
    else:
        secondary = tuple(
            _secondary(f"secondary.{i}", text, primary, conditions, designed)
            for i, text in enumerate(asked)
        )
        _check_different(primary, secondary, given)
    return Questions(primary, secondary, given is not None, asked is not None)


def _check_different(
    primary: Question | None, secondary: Sequence[Question], given: str | None
) -> None:
    """Each question is asked once: A - B and B - A are one, in whatever words."""
    asked = [(q.name, q.measure, frozenset((q.first, q.second))) for q in secondary]
    if primary is not None and (
        (primary.name, primary.measure, frozenset((primary.first, primary.second))) in asked
    ):
        raise ValueError(
            f"secondary: found {given or primary.comparison}, which is the primary question"
        )
    for i, question in enumerate(secondary):
        if asked[i] in asked[:i]:
            first = secondary[asked.index(asked[i])]
            raise ValueError(
                f"secondary.{i}: found {question.in_short}, which is the question {first.in_short} "
                "once more, wanted each once"
            )


def _usual_primary(conditions: Sequence[str], photographs: str | None) -> Question | None:
    kinds = [name for name in conditions if name != NONE]
    first = [name for name in kinds if name == photographs]
    ordered = [*first, *(name for name in kinds if name not in first)]
    ordered += [name for name in conditions if name == NONE]
    if len(ordered) > 1:
        return Question(CONDITION, ACCURACY, *ordered[:2])
    return Question(CHANCE, ACCURACY, kinds[0], CHANCE) if kinds else None


def _usual_secondary(
    primary: Question | None, conditions: Sequence[str], designed: Designed
) -> tuple[Question, ...]:
    if primary is None or primary.name == CHANCE:
        return ()
    kinds = [name for name in conditions if name != NONE]
    pairs = [(primary.first, name) for name in kinds if name != primary.first]
    pairs += [(name, NONE) for name in kinds if NONE in conditions]
    # A - B and B - A are one question.
    asked, there = [], {frozenset((primary.first, primary.second))}
    for pair in pairs:
        if frozenset(pair) not in there:
            there.add(frozenset(pair))
            asked.append(Question(CONDITION, ACCURACY, *pair))
    if _lacking(INTERACTION, primary, designed) is None:
        asked.insert(0, Question(INTERACTION, ACCURACY, primary.first, primary.second))
    of_primary = [
        Question(CONDITION, measure, primary.first, primary.second) for measure in (RT, CONFIDENCE)
    ]
    return (*asked, *of_primary)


def _secondary(
    field: str, text: str, primary: Question | None, conditions: Sequence[str], designed: Designed
) -> Question:
    if text in WORDS:
        if primary is None or primary.name == CHANCE:
            raise ValueError(f"{field}: found {text}, but there are no two conditions to compare")
        if (lacking := _lacking(text, primary, designed)) is not None:
            raise ValueError(f"{field}: found {text}, {lacking}")
        return Question(text, ACCURACY, primary.first, primary.second)
    measure, colon, rest = text.partition(":")
    if not colon:
        return _comparison(field, text, ACCURACY, conditions)
    if measure.strip() not in MEASURES:
        raise ValueError(f"{field}: found measure {measure!r}, wanted {', '.join(MEASURES)}")
    return _comparison(field, rest.strip(), measure.strip(), conditions)


def _lacking(word: str, primary: Question, designed: Designed) -> str | None:
    """What a question would need that no participant will meet, with what there is."""
    pair = (primary.first, primary.second)
    if word == INTERACTION and NONE in pair:
        return f"wanted a primary comparison of two kinds, found {primary.comparison}"
    if word == INTERACTION and (schemes := designed.schemes_with(*pair)) < 2:
        return f"wanted several schemes that show both kinds, found {schemes} in the study's parts"
    single = [name for name, n in (designed.blocks or {}).items() if name in pair and n < 2]
    if word == LEARNING and single:
        wanted = f"wanted several blocks of {' and of '.join(pair)} in a scheme"
        return f"{wanted}, found one of {' and of '.join(single)} in the study's parts"
    if word == LAYERS and designed.layers is not None and designed.layers < 2:
        return f"wanted main units of several layers, found {designed.layers} in the study's units"
    return None


def _without_accuracy(text: str) -> str:
    """A comparison without the measure of all primary questions, as a description writes it."""
    measure, _, rest = text.partition(":")
    return rest.strip() if measure.strip() == ACCURACY else text


def _comparison(field: str, text: str, measure: str, conditions: Sequence[str]) -> Question:
    # Names may have hyphens, and those of data from elsewhere spaces: every place is tried.
    parts = text.split(" - ")
    for i in range(1, len(parts)):
        first, second = (" - ".join(some).strip() for some in (parts[:i], parts[i:]))
        if first != second and {first, second} <= set(conditions):
            return Question(CONDITION, measure, first, second)
    example = f", as in {' - '.join(conditions[:2])}" if len(conditions) > 1 else ""
    words = "" if field == "primary" else f", or one of {', '.join(WORDS)}"
    raise ValueError(
        f"{field}: found {text!r}, wanted A - B of two different conditions of "
        f"{', '.join(conditions)}{example}{words}"
    )
