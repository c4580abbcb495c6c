"""Whether a design can be balanced, and the arithmetic where it cannot."""

from itertools import combinations

from conditions.study.contents import StudyContents
from conditions.study.parts import WITH_PHOTOGRAPHS, Part, parse_scheme


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


def check_images(study: StudyContents) -> None:
    """Check that there are enough images a pole for the references and the query."""
    if "blurred" in study.conditions and study.blurred is None:
        raise ValueError(
            "blurred: the condition blurred needs a recipe, as in blurred: {sigma_px: 4}"
        )
    if study.blurred and study.blurred.sigma_px > study.image.crop / 2:
        raise ValueError(
            f"blurred.sigma_px: found {study.blurred.sigma_px:g} px, wanted at most half the side "
            f"of an image, {study.image.crop / 2:g} px"
        )
    for part in study.parts:
        count = parse_scheme(part.scheme)[1]
        bins = study.bins_of(part)
        for condition in part.conditions:
            if condition in WITH_PHOTOGRAPHS and bins < count + 1:
                raise ValueError(
                    f"parts: {condition} has {bins} images a pole, but {count} references and a "
                    f"query are {count + 1} (part {part.name})"
                )
            if condition in ("synthetic", "mixed") and study.synthetic.images < count:
                raise ValueError(
                    f"synthetic.images: {condition} has {study.synthetic.images} synthetic images "
                    f"a pole, but part {part.name} shows {count} references"
                )


def check_moments(study: StudyContents) -> None:
    """Check that repeats and intuitiveness trials have what they need."""
    if study.intuitiveness and not study.units.count("intuitiveness"):
        raise ValueError("units: intuitiveness trials need units of that role; there are none")
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
