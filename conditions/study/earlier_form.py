"""Study files of the form before ``references``: still read, and known by the same fingerprint."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

Fields = dict[str, Any]


def translated(content: Fields) -> Fields:
    """The fields of a study file, in today's form.

    Raises
    ------
    ValueError
        Where a file has both forms.
    """
    form = _form()
    blocks = {name: content[name] for name in form["blocks"] if name in content}
    if "references" in content:
        for name in blocks:
            kind = form["kinds"][name]["kind"]
            raise ValueError(
                f"{name}: found a block of its own, wanted a kind among the references, as in "
                f"references: {{{name}: {{kind: {kind}, …}}}}"
            )
        return content
    shown = _conditions(content)
    given = {name: block for name, block in blocks.items() if block is not None}
    references = {
        name: kind | given.get(name, {}) if isinstance(given.get(name, {}), dict) else given[name]
        for name, kind in form["kinds"].items()
        if name in form["always"] or name in shown or name in given
    }
    rest = {name: value for name, value in content.items() if name not in blocks}
    return rest | {"references": references}


def as_before(content: Fields) -> Fields:
    """The dumped fields of a study in the earlier form, if that can say them; else as they are.

    The data of a study hold its fingerprint, which must not depend on the form of its file.
    """
    form = _form()
    references = {name: _before_learning(kind) for name, kind in content["references"].items()}
    content = content | {"references": references}
    if not set(form["always"]) <= set(references) <= set(form["kinds"]):
        return content
    blocks: dict[str, Fields | None] = dict.fromkeys(form["blocks"])
    for name, fields in references.items():
        known = form["kinds"][name]
        own = {field: value for field, value in fields.items() if field not in known}
        if any(fields[field] != value for field, value in known.items()):
            return content
        if name in blocks:
            blocks[name] = own
        elif own:
            return content
    return {name: value for name, value in content.items() if name != "references"} | blocks


def _before_learning(fields: Fields) -> Fields:
    """A kind as versions had it whose visualisations learned at a constant rate only."""
    if "learning" not in fields:
        return fields
    presets = _form()["learning"]
    now, before = (presets[fields["preset"]][which] for which in ("now", "before"))
    own = {
        name: before[name] if name in before and value == now[name] else value
        for name, value in fields.items()
    }
    if own["learning"] == now["learning"]:
        del own["learning"]
    return own


@cache
def _form() -> Fields:
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


def _conditions(content: Fields) -> set[str]:
    """All that parts name as conditions, whatever else is wrong in the file."""
    parts = content.get("parts")
    named = [
        part.get("conditions")
        for part in (parts if isinstance(parts, list) else [])
        if isinstance(part, dict)
    ]
    lists = [conditions for conditions in named if isinstance(conditions, list)]
    return {name for conditions in lists for name in conditions if isinstance(name, str)}
