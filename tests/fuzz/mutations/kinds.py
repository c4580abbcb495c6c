"""What hands do to the kinds of reference images, and to the conditions that name them."""

from random import Random

from tests.fuzz.mutations.fields import STUDIES, changing
from tests.fuzz.mutations.mutation import Mutation
from tests.fuzz.mutations.tables import Rows
from tests.fuzz.mutations.tables import changing as changing_rows

# Of all that read a study file, three that are quick to try.
_REFUSED_BY = ("describe", "check", "run")
# Names that no kind can have, and kinds that there are not.
_NAMES = ("none", "con", "scans", "queries", "Natural", "natural ", "a/b", "..", "", "x" * 41)
_KINDS = ("photograph", "Files", "none", "", None, 1, ["files"], {"kind": "files"})


def _renamed(content: dict, rng: Random) -> str | None:
    """One that a part shows."""
    references = content["references"]
    shown = {name for part in content["parts"] for name in part["conditions"]} & set(references)
    if not shown:
        return None
    name = rng.choice(sorted(shown))
    references[f"{name}s"] = references.pop(name)
    return f"references.{name} named {name}s"


def _odd_name(content: dict, rng: Random) -> str:
    name = rng.choice(_NAMES)
    content["references"][name] = {"kind": "files"}
    return f"references.{name!r}"


def _odd_kind(content: dict, rng: Random) -> str:
    name, kind = rng.choice(sorted(content["references"])), rng.choice(_KINDS)
    content["references"][name]["kind"] = kind
    return f"references.{name}.kind: {kind!r}"


def _made_of(content: dict, rng: Random) -> str:
    source = rng.choice(["crops", "mixed", "none", "nature", "", 5, None, ["natural"]])
    content["references"]["crops"]["of"] = source
    return f"references.crops.of: {source!r}"


def _both_forms(content: dict, rng: Random) -> str:
    block = rng.choice(["synthetic", "blurred"])
    content[block] = rng.choice([None, {}, {"images": 10}, {"sigma_px": 4}])
    return f"{block} beside references"


def _condition(content: dict, rng: Random) -> str:
    conditions = rng.choice(content["parts"])["conditions"]
    i = rng.randrange(len(conditions))
    conditions[i] = rng.choice(["Natural", "nature", "photographs", "mixed ", "min"])
    return f"a condition {conditions[i]!r}"


def _condition_of_a_trial(rows: Rows, rng: Random) -> str | None:
    column = rows[0].index("condition") if "condition" in rows[0] else None
    named = [row for row in rows[1:] if column is not None and row[column]]
    if not named or column is None:
        return None
    row = rng.choice(named)
    row[column] = rng.choice(["Natural", "photographs", "mixed", "x"])
    return f"condition: {row[column]}"


MUTATIONS = (
    Mutation("kind renamed", changing(_renamed), STUDIES, _REFUSED_BY),
    Mutation("odd name of a kind", changing(_odd_name), STUDIES, _REFUSED_BY),
    Mutation("odd kind", changing(_odd_kind), STUDIES, _REFUSED_BY),
    Mutation("made of what", changing(_made_of), STUDIES, _REFUSED_BY),
    Mutation("both forms", changing(_both_forms), STUDIES, _REFUSED_BY),
    Mutation("odd condition", changing(_condition), STUDIES, _REFUSED_BY),
    Mutation(
        "condition of a trial",
        changing_rows(_condition_of_a_trial),
        ("*/rehearsal_fuzz/conditions/*.csv",),
        ("check", "build"),
    ),
)
