"""Units and readouts of a study in words, for the methods section of a paper."""

from conditions.study.readouts import ReadoutChoice, Token, TopK
from conditions.study.study import Study
from conditions.units.table import unit_table


def units_in_words(study: Study) -> str:
    """How many units of what, how they were chosen, and what their readouts compute.

    Raises
    ------
    StudyError
        Where the study's units cannot be drawn.
    """
    units = unit_table(study)
    main = units[units["role"] == "main"]
    picks = " and ".join(
        f"{(main['pick'] == pick).sum()} {words}"
        for pick, words in (("random", "drawn at random"), ("hand_picked", "picked by hand"))
        if (main["pick"] == pick).any()
    )
    names = list(dict.fromkeys(main["layer"]))
    readouts = [name for name in names if name in study.readouts]
    layers = [name for name in names if name not in study.readouts]
    sources = " and ".join(
        f"{len(some)} {what}{'' if len(some) == 1 else 's'} ({', '.join(some)})"
        for some, what in ((layers, "layer"), (readouts, "readout"))
        if some
    )
    what = "units" if readouts else "feature maps"
    text = f"Units. {len(main)} {what} of {study.model.name} ({picks}) of {sources}"
    blocks = [name for name, role in study.units.block_names.items() if role == "main"]
    if blocks:
        text += f", in {len(blocks)} block{'' if len(blocks) == 1 else 's'} ({', '.join(blocks)})"
    others = [
        f"{(units['role'] == role).sum()} for {role} trials"
        for role in ("practice", "catch", "intuitiveness")
        if (units["role"] == role).any()
    ]
    text += f"; other units serve elsewhere: {', '.join(others)}." if others else "."
    used = [name for name in study.readouts if (units["layer"] == name).any()]
    return text + "".join(
        f" Readout {name}: {readout_in_words(study.readouts[name])}." for name in used
    )


def readout_in_words(readout: ReadoutChoice) -> str:
    """What a unit of a readout is.

    >>> readout_in_words(ReadoutChoice(layer="block08", pooling="max"))
    'channels of block08, the maximum over positions'
    """
    text = f"channels of {readout.layer}"
    if readout.map:
        text = f"linear combinations of the {text}"
        if isinstance(readout.activation, TopK):
            text += f", of which the {readout.activation.topk} largest at a position are active"
        elif readout.activation == "relu":
            text += ", 0 where they are negative"
    return f"{text}, {_pooled(readout)}"


def _pooled(readout: ReadoutChoice) -> str:
    match readout.pooling:
        case "mean":
            return "the mean over positions"
        case "max":
            return "the maximum over positions"
        case "centre":
            return "at the central position"
        case Token(token=token):
            return f"at the {token.replace('_', ' ')} token"
        case (row, column):
            return f"at row {row} and column {column} of the layer's map (from 0)"
