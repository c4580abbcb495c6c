"""Whether a design can be balanced, and the arithmetic where it cannot."""

from difflib import get_close_matches
from itertools import combinations

from conditions.study.contents import StudyContents
from conditions.study.kinds.kind import NONE
from conditions.study.kinds.references import check_references
from conditions.study.parts import Part, parse_scheme


def check_orders(study: StudyContents) -> None:
    """Check that the orders and blocks of units name every part, and blocks that exist."""
    names = [part.name for part in study.parts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"parts: two parts are called {', '.join(twice)}")
    for i, order in enumerate(study.part_orders):
        if sorted(order) != sorted(names):
            raise ValueError(f"part_orders.{i}: found {order}, wanted an order of {names}")
    main = [name for name, role in study.units.block_names.items() if role == "main"]
    for i, blocks in enumerate(study.unit_blocks):
        if sorted(blocks) != sorted(names):
            raise ValueError(f"unit_blocks.{i}: found parts {list(blocks)}, wanted {names}")
        unknown = sorted(set(blocks.values()) - set(main))
        if unknown:
            raise ValueError(
                f"unit_blocks.{i}: {', '.join(unknown)} is no block of main units; there are "
                f"{', '.join(main) or 'none'}"
            )
        if len(set(blocks.values())) < len(blocks):
            raise ValueError(
                f"unit_blocks.{i}: found {list(blocks.values())}: {len(blocks)} parts need as many "
                f"different blocks of units, there are {len(set(blocks.values()))}"
            )


def check_questions(study: StudyContents) -> None:
    """Check that what the analysis compares are conditions of the study."""
    try:
        _ = study.questions
    except ValueError as error:
        raise ValueError(f"analysis.{error}") from error


def check_markers(study: StudyContents) -> None:
    """Check that marker codes are of events that there are, and tell them apart."""
    study.markers.check(list(study.references))


def check_readouts(study: StudyContents) -> None:
    """Check that no readout is called as the layer that it, or another one, reads."""
    for name in study.readouts:
        readers = [one for one, readout in study.readouts.items() if readout.layer == name]
        if readers:
            raise ValueError(
                f"readouts: {name} is the name of a layer, which {', '.join(readers)} reads: "
                "wanted a name of its own"
            )


def check_units(study: StudyContents) -> None:
    """Check that every condition's trials use each of its units once."""
    if study.unit_blocks:
        for part in study.parts:
            for block in sorted({blocks[part.name] for blocks in study.unit_blocks}):
                units = study.units.count("main", block)
                where = f"each condition of part {part.name}"
                _check_trials(study, where, [part], units, f"units of block {block}")
        return
    for condition in study.conditions:
        parts = [part for part in study.parts if condition in part.conditions]
        _check_trials(
            study, f"condition {condition}", parts, study.units.count("main"), "main units"
        )


def check_practice(study: StudyContents) -> None:
    """Check that there are enough practice units."""
    if study.practice.draw == "lists":
        wanted = [part.practice for part in study.parts for _ in part.conditions if part.practice]
        found = study.units.count("practice")
        needed = max(wanted, default=0) * len(wanted)
        if needed > found:
            raise ValueError(
                f"units: {sum(wanted)} practice trials over all conditions need {len(wanted)} "
                f"lists of {max(wanted)} practice units, which are {needed}; there are {found}"
            )
        return
    for part in study.parts:
        for condition in part.conditions:
            block = study.practice.blocks.get(condition)
            found = study.units.count("practice", block)
            if part.practice > found:
                where = f" of block {block}" if block else ""
                raise ValueError(
                    f"units: {part.practice} practice trials of {condition} in part {part.name} "
                    f"need as many practice units{where}; there are {found}"
                )


def check_catch(study: StudyContents) -> None:
    """Check that there are enough catch units for a block."""
    found = study.units.count("catch") or study.units.count("practice")
    wanted = max(part.catch for part in study.parts)
    if wanted > found:
        raise ValueError(
            f"units: {wanted} catch trials in a block need as many catch units (practice units "
            f"where there are none); there are {found}"
        )


def check_batches(study: StudyContents) -> None:
    """Check that no participant sees the same images of a unit in two conditions."""
    usable = study.natural.batches - 1
    for first, second in combinations(study.conditions, 2):
        if not _share_units(study, first, second):
            continue
        offsets = [study.batches.offset.get(c, 0) for c in (first, second)]
        if (offsets[0] - offsets[1]) % usable == 0:
            raise ValueError(
                f"batches: conditions {first} (offset {offsets[0]}) and {second} (offset "
                f"{offsets[1]}) show the same units and would share a batch of natural images: "
                f"{len(study.conditions)} conditions need as many different batches, "
                f"natural.batches {study.natural.batches} leave {usable} beside batch 0"
            )


def check_kinds(study: StudyContents) -> None:
    """Check that kinds of references go together, and that conditions are kinds or none."""
    check_references(study.references)
    named = [(f"parts.{i}.conditions", part.conditions) for i, part in enumerate(study.parts)]
    named += [
        ("batches.offset", list(study.batches.offset)),
        ("practice.blocks", list(study.practice.blocks)),
    ]
    known = [*study.references, NONE]
    for field, names in named:
        for name in names:
            if name not in known:
                raise ValueError(f"{field}: found {name}, {_wanted(name, known)}")
    for name in study.rated or []:
        if name not in study.references or not study.references[name].HAS_FILES:
            with_images = [n for n, kind in study.references.items() if kind.HAS_FILES]
            raise ValueError(f"rated: found {name}, {_wanted(name, with_images)}")


def check_words(study: StudyContents) -> None:
    """Check that what a study says to participants is there in every language that it has."""
    if study.consent is not None:
        study.consent.check(study.languages, study.keys.go_on)
    for name, kind in study.references.items():
        for field, words in (("title", kind.title), ("card", kind.card)):
            lacking = [] if not isinstance(words, dict) else sorted({*study.languages} - {*words})
            if lacking:
                raise ValueError(
                    f"references.{name}.{field}: found a text in {', '.join(words or [])}, wanted "
                    f"one in {', '.join(lacking)} too"
                )


def check_images(study: StudyContents) -> None:
    """Check that there are enough images a pole for the references and the query."""
    for name, kind in study.references.items():
        kind.check(name, study.image.crop)
    for part in study.parts:
        count, bins = parse_scheme(part.scheme)[1], study.bins_of(part)
        for name in part.conditions:
            if name == NONE:
                continue
            kind = study.references[name]
            if count < kind.LEAST:
                raise ValueError(
                    f"part {part.name!r}: {name} ({kind.kind}) takes {kind.LEAST} references or "
                    f"more a pole, {part.scheme} shows {count}"
                )
            there = kind.images_a_pole(bins, study.references)
            if there < count:
                query = (
                    f" ({bins} with the query)" if kind.follows_batches(study.references) else ""
                )
                raise ValueError(
                    f"references.{name}: has {there} images a pole{query}, but part {part.name} "
                    f"shows {count} references ({part.scheme})"
                )


def check_moments(study: StudyContents) -> None:
    """Check that repeats and intuitiveness trials have what they need."""
    if study.intuitiveness and not study.units.count("intuitiveness"):
        raise ValueError("units: intuitiveness trials need units of that role; there are none")
    if study.intuitiveness and study.left_and_right is None:
        raise ValueError(
            "rated: intuitiveness trials compare two kinds of references, one of them with "
            "photographs by default: wanted two names, as in rated: [fourier, natural]"
        )
    if study.repeats is None:
        return
    size = study.repeats.least + study.repeats.most
    for condition in study.repeated_conditions:
        if condition not in study.conditions:
            raise ValueError(f"repeats: no part has the condition {condition}")
        trials = study.main_trials(condition)
        if size > trials:
            raise ValueError(
                f"repeats: {study.repeats.least} least and {study.repeats.most} most confident "
                f"trials are {size}; condition {condition} has {trials}"
            )


def _check_trials(
    study: StudyContents, where: str, parts: list[Part], units: int, what: str
) -> None:
    blocks = sum(part.blocks for part in parts)
    trials = sum(part.blocks * part.main for part in parts)
    left = units - trials
    if left == 0:
        return
    sums = " + ".join(f"{part.blocks} × {part.main}" for part in parts)
    if study.leftover == "rotate" and 0 < left < blocks:
        return
    hint = ""
    if study.leftover == "rotate":
        hint = f"; leftover: rotate adds at most one trial to each of its {blocks} blocks"
    elif 0 < left < blocks:
        hint = "; leftover: rotate would add one trial to some of its blocks"
    raise ValueError(
        f"parts: {where} has {trials} main trials (blocks × main: {sums}), but shows each of the "
        f"{units} {what} once{hint}"
    )


def _share_units(study: StudyContents, first: str, second: str) -> bool:
    """Whether a participant meets units in both conditions: blocks of units are met in one part."""
    if not study.unit_blocks:
        return True
    return any({first, second} <= set(part.conditions) for part in study.parts)


def _wanted(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"wanted one of {', '.join(known)}{hint}"
