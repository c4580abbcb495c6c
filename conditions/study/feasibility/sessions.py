"""Whether every block of a study is in exactly one session, and every session holds something."""

from difflib import get_close_matches
from itertools import product

from conditions.study.contents import StudyContents

# Sessions, combinations or participants that are named; of more there is only the first ones.
_NAMED = 3


def check_sessions(study: StudyContents) -> None:
    """Check sessions, their orders and the time between them against the study's parts."""
    if not study.sessions:
        for field in ("session_orders", "between_sessions"):
            if field in study.model_fields_set:
                raise ValueError(f"{field}: found without sessions, wanted sessions too")
        return
    if len(study.sessions) == 1:
        raise ValueError(
            "sessions: found 1, wanted two or more; a study without the field is one session"
        )
    _check_names(study)
    _check_orders(study)
    for i, blocks in enumerate(study.unit_blocks or [{}]):
        _check_each_once(study, blocks)
        _check_none_empty(study, blocks, i)


def _check_names(study: StudyContents) -> None:
    met = list(dict.fromkeys(block for blocks in study.unit_blocks for block in blocks.values()))
    known = {
        "parts": [part.name for part in study.parts],
        "conditions": study.conditions,
        "units": met,
    }
    for i, session in enumerate(study.sessions):
        if session.units and not study.unit_blocks:
            raise ValueError(
                f"sessions.{i}.units: found {', '.join(session.units)}, but without unit_blocks "
                "participants meet no blocks of units: wanted parts or conditions"
            )
        for field, names in known.items():
            for name in getattr(session, field):
                if name not in names:
                    near = get_close_matches(name, names, n=1, cutoff=0.5)
                    hint = f"; did you mean {near[0]}?" if near else ""
                    raise ValueError(
                        f"sessions.{i}.{field}: found {name}, wanted one of "
                        f"{', '.join(names)}{hint}"
                    )


def _check_orders(study: StudyContents) -> None:
    numbers = list(range(1, len(study.sessions) + 1))
    for i, order in enumerate(study.session_orders):
        if sorted(order) != numbers:
            raise ValueError(f"session_orders.{i}: found {order}, wanted an order of {numbers}")


def _check_each_once(study: StudyContents, blocks: dict[str, str]) -> None:
    wrong = []
    for part in study.parts:
        for condition in part.conditions:
            units = blocks.get(part.name)
            held = [
                str(number)
                for number, session in enumerate(study.sessions, start=1)
                if session.holds(part.name, condition, units)
            ]
            if len(held) != 1:
                with_units = f" with units {units}" if units else ""
                where = f"sessions {' and '.join(held)}" if held else "none"
                wrong.append(f"{condition} in part {part.name}{with_units} is in {where}")
    if wrong:
        more = f", and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise ValueError(
            f"sessions: {'; '.join(wrong[:_NAMED])}{more}: wanted each in one of the "
            f"{len(study.sessions)} sessions"
        )


def _check_none_empty(study: StudyContents, blocks: dict[str, str], row: int) -> None:
    for i, session in enumerate(study.sessions):
        if any(
            session.holds(part.name, condition, blocks.get(part.name))
            for part, condition in _pairs(study)
        ):
            continue
        whose = ""
        if study.unit_blocks:
            every = len(study.unit_blocks)
            some = ", ".join(str(row + 1 + every * turn) for turn in range(_NAMED))
            whose = f" for participants {some} …, who meet no such units (unit_blocks.{row})"
        raise ValueError(f"sessions.{i}: holds no block{whose}: wanted one or more")


def _pairs(study: StudyContents) -> list[tuple]:
    return [pair for part in study.parts for pair in product([part], part.conditions)]
