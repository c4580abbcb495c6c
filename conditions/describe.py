"""A design in words and numbers, for the methods section of a paper."""

from conditions.study.kinds.kind import NONE
from conditions.study.parts import Part, parse_scheme
from conditions.study.questions_in_words import questions_in_words
from conditions.study.study import Study
from conditions.trials.counterbalance import participants_an_order
from conditions.trials.durations import (
    EXPECTED_RATING,
    between_blocks,
    count_blocks,
    count_trials,
    expected_minutes,
)
from conditions.trials.told import balance_in_words
from conditions.trials.told.sessions_in_words import sessions_in_words
from conditions.units.in_words import units_in_words


def describe(study: Study) -> str:
    """The design as paragraphs of plain text.

    Raises
    ------
    StudyError
        Where the study's units cannot be drawn.
    """
    paragraphs = [
        units_in_words(study),
        _images(study),
        *[_part(study, part) for part in study.parts],
        _counterbalance(study),
        balance_in_words.of_design(study),
        _ends(study),
        sessions_in_words(study),
        _trial(study),
        _shown(study),
        _markers(study),
        _totals(study),
        questions_in_words(study),
    ]
    return "\n\n".join([f"{study.title} ({study.name}).", *(p for p in paragraphs if p)])


def _images(study: Study) -> str:
    sets = []
    for bins in study.natural_sets:
        most = bins * study.natural.batches
        sets.append(
            f"its {most} lowest and {most} highest images, cut into {bins} rank bins of "
            f"{study.natural.batches}, gave {study.natural.batches} batches of {bins} images a pole"
        )
    text = (
        f"Images. The pool of natural images was {study.natural.pool}; images were resized to a "
        f"short side of {study.image.resize} px and cropped to {study.image.crop} px. For each "
        f"unit, {'; '.join(sets)}. {_queries(study)} Batch 0 was kept for practice and catch "
        "trials."
    )
    words = [kind.in_words(name) for name, kind in study.references.items()]
    text += f" References: {' '.join(words)}"
    unseen = [name for name in study.references if name not in study.conditions]
    return text + (f" No part shows {', '.join(unseen)}." if unseen else "")


def _queries(study: Study) -> str:
    if study.natural.query_percentiles is None:
        return "Queries were the most extreme image of each pole."
    low, high = study.natural.query_percentiles
    return (
        f"Queries came from the percentiles {low:g} to {high:g} (max) and {100 - high:g} to "
        f"{100 - low:g} (min) of the pool's activations."
    )


def _part(study: Study, part: Part) -> str:
    shown = [condition for condition in part.conditions if condition != NONE]
    poles, count = parse_scheme(part.scheme)
    text = f"Part {part.name}. Conditions: {', '.join(part.conditions)}."
    if shown:
        kinds = f" and {count} ".join(f"{pole}imally" for pole in poles)
        text += f" References ({part.scheme}): {count} {kinds} activating."
        if any(study.references[name].follows_batches(study.references) for name in shown):
            text += f" Natural references came from sets of {study.bins_of(part)} images."
    if part.practice:
        text += f" Practice: {_plural(part.practice, 'trial')} for each condition."
    text += (
        f" {_plural(part.blocks, 'block')} of each condition"
        f"{', alternating' if len(part.conditions) > 1 else ''}, {part.main} main"
        f"{f' and {part.catch} catch' if part.catch else ''} trials each"
    )
    every = participants_an_order(part)
    if every and len(part.conditions) > 1:
        after = "every participant" if every == 1 else f"every {every} participants"
        text += f". {_next_order(part)} after {after}"
    return text + "."


def _next_order(part: Part) -> str:
    if part.order == "rotate":
        return "The order of conditions moved on by one"
    one = len(part.conditions) % 2 == 0
    squares = "a Williams square" if one else "two mirrored Williams squares"
    orders = {"latin_square": squares, "all": "all that there are"}[part.order]
    return f"The order of conditions was the next of {orders}"


def _counterbalance(study: Study) -> str:
    rule = study.batches
    usable = study.natural.batches - 1
    turn = "(p − 1)" if rule.every == 1 else f"((p − 1) div {rule.every})"
    step = turn if rule.step == 1 else f"{rule.step} · {turn}"
    formulas = ", ".join(
        f"{condition} {step} + {rule.offset.get(condition, 0) + 1}"
        for condition in study.conditions
    )
    text = f"Counterbalance. Batch for participant p: {formulas}, wrapped into 1 … {usable}."
    if study.unit_blocks:
        text += f" Blocks of units by (p − 1) mod {len(study.unit_blocks)}: "
        text += "; ".join(
            ", ".join(f"{part} {block}" for part, block in blocks.items())
            for blocks in study.unit_blocks
        )
        text += "."
    else:
        text += " Each condition showed each main unit once, shuffled and dealt to its blocks."
    if study.leftover == "rotate":
        text += (
            " Units that were left over were added one each to the blocks of their condition, "
            "beginning with block (p − 1) mod the number of blocks."
        )
    if study.part_orders:
        orders = "; ".join(", ".join(order) for order in study.part_orders)
        text += f" Order of the parts by (p − 1) mod {len(study.part_orders)}: {orders}."
    return f"{text} {_sides(study)}"


def _sides(study: Study) -> str:
    if study.sides == "tossed":
        return "Which query was on top, and the order within a block, were random."
    return (
        "In each block the correct query was on top in half of the main, the catch and the "
        "practice trials, each for themselves; of an odd number one more was on a side that "
        "alternated between blocks of a condition. Which trials these were, and the order within "
        "a block, were random."
    )


def _ends(study: Study) -> str:
    sentences = []
    if study.repeats:
        sentences.append(
            f"Repeats. At the end, the {study.repeats.least} least and {study.repeats.most} most "
            f"confident main trials of each condition ({', '.join(study.repeated_conditions)}) "
            "were shown again."
        )
    if study.intuitiveness:
        units = study.units.count("intuitiveness")
        sentences.append(
            f"Intuitiveness of {_plural(units, 'unit')} was rated at the "
            f"{' and at the '.join(study.intuitiveness)} of the session."
        )
    return " ".join(sentences)


def _trial(study: Study) -> str:
    timing = study.timing
    limit = "no time limit" if timing.deadline is None else f"a deadline of {timing.deadline:g} s"
    feedback = (
        f"{timing.feedback_delay:g} s after the answer the correct query was framed for "
        f"{timing.feedback:g} s"
        if timing.feedback
        else "no feedback on single trials"
    )
    answer = (
        "the query first, then the confidence" if study.keys.mode == "two_stage" else "in one press"
    )
    return (
        f"Trial. Fixation {timing.fixation:g} s, {limit}, {feedback}, blank {timing.blank:g} s. "
        f"Answers by keyboard with three levels of confidence, {answer}."
        + (f" {study.breaks.in_words}" if study.breaks else "")
    )


def _shown(study: Study) -> str:
    asked = study.presentation
    side = f"{asked.pixels or study.image.crop} px"
    if asked.degrees is not None:
        side = f"{asked.degrees:g}° of visual angle"
    luminance = {
        "srgb": "luminance follows the sRGB curve",
        "linear": "luminance is proportional to pixel values",
        "none": "pixel values are left as they are",
    }[asked.transfer]
    return f"Presentation. Images have sides of {side}; on a calibrated screen {luminance}."


def _markers(study: Study) -> str:
    """All codes of a study that gives some of its own; the usual ones stand in docs/markers.md."""
    if not study.markers.codes:
        return ""
    codes = ", ".join(f"{code} {word}" for word, code in study.marker_codes.items())
    return f"Markers, where a rig has outlets: {codes}."


def _totals(study: Study) -> str:
    trials, blocks = count_trials(study), count_blocks(study)
    named = ", ".join(f"{n} {what}" for what, n in trials.items() if n and what != "all")
    return (
        f"In all {trials['all']} trials a participant ({named}) in {blocks['all']} blocks "
        f"({blocks['practice']} of practice). Expected duration: {expected_minutes(study):.0f} "
        f"minutes, with the mean reaction times of the published Experiment I, "
        f"{EXPECTED_RATING:g} s a rating and {between_blocks(study):g} s between blocks."
    )


def _plural(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
