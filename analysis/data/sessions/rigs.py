"""The rig files that sessions keep: what each participant's images were shown on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.data.sessions.selftests import NamedSelftest, selftests_of
from conditions.rig.rig import Rig, read_rig


@dataclass(frozen=True)
class SessionRig:
    """The rig of one session.

    ``facts`` is what ``session.json`` says of :class:`Shown`; ``changed`` says that the session
    went on with another rig file than the one that it was begun with. ``selftests`` are those that
    its runs name, None for runs without one.
    """

    participant: int
    rig: Rig
    facts: dict[str, Any]
    changed: bool
    selftests: tuple[NamedSelftest | None, ...] = (None,)


class Shown(BaseModel):
    """What ``session.json`` says of how images were shown; None where it does not."""

    model_config = ConfigDict(extra="ignore", strict=True)

    screen_px: tuple[int, int] | None = None
    image_px: int | None = None
    image_file_px: int | None = None
    refresh_hz: float | None = None
    refresh_measured: bool | None = None
    transfer: Literal["none", "srgb", "linear"] | None = None
    dithered: bool | None = None
    levels_left: list[int] | None = None


def shown_facts(facts: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """How images were shown, by ``session.json``.

    Returns
    -------
    dict
        The fields of :class:`Shown` that are there; empty where one is not readable.
    str or None
        The name of a field that is not readable.
    """
    try:
        # By way of JSON, in which lists serve as tuples.
        shown = Shown.model_validate_json(json.dumps(facts))
    except ValidationError as error:
        # A number that no float holds is no field's fault, but that of the whole text.
        return {}, str(next(iter(error.errors()[0]["loc"]), "a number"))
    return shown.model_dump(exclude_none=True), None


def session_rigs(sessions: dict[int, Path], facts: dict[int, dict]) -> tuple[SessionRig, ...]:
    """The rigs of sessions, by the participant's number; no ``rig.yaml``: there was no screen.

    Raises
    ------
    StudyError
        Where a rig file does not fit.
    """
    return tuple(
        SessionRig(
            participant,
            read_rig(folder / "rig.yaml"),
            shown_facts(facts[participant])[0],
            changed=any(
                later.read_bytes() != (folder / "rig.yaml").read_bytes()
                for later in folder.glob("rig-run-*.yaml")
            ),
            selftests=selftests_of(facts[participant]),
        )
        for participant, folder in sessions.items()
        if (folder / "rig.yaml").is_file()
    )
