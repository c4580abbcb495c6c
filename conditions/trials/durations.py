"""How many trials and blocks a participant has, and how long they are expected to take."""

from conditions.study.kinds.kind import NONE
from conditions.study.sessions import SessionContent
from conditions.study.study import Study

# Mean reaction time without references in the published Experiment I (s); those with references
# are the kinds' own. What a plan can go by before there are data.
EXPECTED_RT_NONE = 3.18
# Released ratings took this long on average; pages and breaks between blocks are a guess.
EXPECTED_RATING = 21.4
EXPECTED_BREAK = 20.0


def count_trials(study: Study) -> dict[str, int]:
    """Trials of one participant's session: practice, main, catch, repeat, intuitiveness, all."""
    blocks = [(part, len(part.conditions) * part.blocks) for part in study.parts]
    counts = {
        "practice": sum(part.practice * len(part.conditions) for part in study.parts),
        "main": sum(study.main_trials(condition) for condition in study.conditions),
        "catch": sum(part.catch * n for part, n in blocks),
        "repeat": study.n_repeats,
        "intuitiveness": len(study.intuitiveness) * study.units.count("intuitiveness"),
    }
    return counts | {"all": sum(counts.values())}


def count_blocks(study: Study) -> dict[str, int]:
    """Blocks of one participant's session: practice, main, repeat, all."""
    counts = {
        "practice": sum(len(part.conditions) for part in study.parts if part.practice),
        "main": sum(len(part.conditions) * part.blocks for part in study.parts),
        "repeat": len(study.repeated_conditions),
    }
    return counts | {"all": sum(counts.values())}


def expected_minutes(study: Study) -> float:
    """How long a session takes if answers take as long as in the published Experiment I."""
    seconds = 0.0
    for condition in study.conditions:
        parts = [part for part in study.parts if condition in part.conditions]
        trials = study.main_trials(condition)
        trials += sum(part.practice + part.blocks * part.catch for part in parts)
        if study.repeats and condition in study.repeated_conditions:
            trials += study.repeats.least + study.repeats.most
        seconds += trials * seconds_a_trial(study, condition)
    seconds += count_trials(study)["intuitiveness"] * EXPECTED_RATING
    seconds += count_blocks(study)["all"] * between_blocks(study)
    return seconds / 60


def session_minutes(study: Study) -> list[tuple[float, float]]:
    """How long the blocks of each of the study's sessions take, in the order of its file.

    Returns
    -------
    list of tuple of float
        Least and most minutes over the participants' blocks of units, without the ratings and the
        repeats that the first and the last session have besides; a left-over unit is not counted.
    """
    rows = [[_minutes(study, content, row) for content in study.sessions] for row in _rows(study)]
    return [(min(found), max(found)) for found in zip(*rows, strict=True)]


def minutes_around(study: Study) -> tuple[float, float]:
    """How long ratings take in the first session, and ratings and repeats in the last (min)."""
    rated = study.units.count("intuitiveness") * EXPECTED_RATING
    first, last = (rated * (moment in study.intuitiveness) for moment in ("beginning", "end"))
    if study.repeats:
        size = study.repeats.least + study.repeats.most
        for condition in study.repeated_conditions:
            last += between_blocks(study) + size * seconds_a_trial(study, condition)
    return first / 60, last / 60


def between_blocks(study: Study) -> float:
    """How long it is expected to take from one block to the next, on average (s)."""
    if study.breaks is None:
        return EXPECTED_BREAK
    longer = max(0.0, study.breaks.least_seconds - EXPECTED_BREAK)
    return EXPECTED_BREAK + longer / study.breaks.every_blocks


def seconds_a_trial(study: Study, condition: str) -> float:
    """From one trial of a condition to the next (s)."""
    timing = study.timing
    answer = expected_rt(study, condition)
    if timing.deadline is not None:
        answer = min(answer, timing.deadline)
    return answer + timing.fixation + timing.feedback_delay + timing.feedback + timing.blank


def expected_rt(study: Study, condition: str) -> float:
    """How long an answer is expected to take in a condition (s)."""
    if condition == NONE:
        return EXPECTED_RT_NONE
    return study.references[condition].expected_rt(study.references)


def _rows(study: Study) -> list[dict[str, str]]:
    return list(study.unit_blocks) or [{}]


def _minutes(study: Study, content: SessionContent, units: dict[str, str]) -> float:
    seconds = 0.0
    for part in study.parts:
        for condition in part.conditions:
            if content.holds(part.name, condition, units.get(part.name)):
                trials = part.practice + part.blocks * (part.main + part.catch)
                seconds += trials * seconds_a_trial(study, condition)
                seconds += (part.blocks + bool(part.practice)) * between_blocks(study)
    return seconds / 60
