"""What a self-test found of a machine's timing: ``rigs/NAME-timing.json``, and copies with data."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from conditions.errors import StudyError
from conditions.yaml.misfits import describe_misfits

Count = Annotated[int, Field(ge=0)]
Milliseconds = Annotated[float, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Open(BaseModel):
    """Values are what they are; fields that a later version adds are kept."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, allow_inf_nan=False)


class Times(_Open):
    """Durations of one kind, in milliseconds; an error may be negative."""

    n: Count
    median_ms: float
    p95_ms: float
    longest_ms: float


class Flips(_Open):
    """Flips in a row, and the intervals from each to the next.

    A flip is missed where its interval is longer than 1.5 refreshes. ``sd_ms`` is the standard
    deviation of all other intervals. ``histogram`` has pairs of a length in milliseconds, to the
    next ``bin_ms``, and how many intervals had it.
    """

    seconds: Annotated[float, Field(ge=0)]
    flips: Count
    missed: Count
    median_ms: Milliseconds
    sd_ms: Milliseconds
    longest_ms: Milliseconds
    bin_ms: Annotated[float, Field(gt=0)]
    histogram: list[tuple[Milliseconds, Count]]
    missed_at_s: list[float]


class Trials(_Open):
    """Trials in a row, on a session's own road.

    ``decode`` is the work of the thread that decodes the images of the trial to come, ``waited``
    what the screen then still waited for it, ``upload`` the way of the images to the graphics card,
    ``gap`` the time from a trial's end to the next onset, of which blank and fixation take
    ``gap_asked_ms``. ``missed`` counts the flips missed while a trial is shown and the next one
    decoded.
    """

    decode: Times
    waited: Times
    upload: Times
    gap: Times
    gap_asked_ms: Milliseconds
    flips: Count
    missed: Count


class Presses(_Open):
    """Presses of keys.

    ``devices`` counts presses by the device that they came from. ``to_program`` is the time from a
    press's time stamp until the program asked for it, once a refresh. ``stamp_error`` is the time
    stamp less the time at which a script pressed the key; of a person that time is not known.
    """

    pressed_by: Literal["person", "script"]
    wanted: Count
    heard: Count
    devices: dict[str, Count]
    to_program: Times | None = None
    stamp_error: Times | None = None


class Section(_Open):
    """The same flips with garbage collection held or not, and priority raised or not.

    ``priority`` tells what the system made of the wish.
    """

    garbage_held: bool
    priority_raised: bool
    priority: str
    flips: Count
    missed: Count
    median_ms: Milliseconds
    longest_ms: Milliseconds


class Output(_Open):
    """Flips on some of which a code was sent to one outlet for markers; the first to none.

    ``call`` is how long a flip waited for it, ``taken`` the time until the outlet had taken the
    code. ``lost`` codes were not taken.
    """

    name: str
    place: str
    sent: Count
    lost: Count
    call: Times | None = None
    taken: Times | None = None
    flips: Count
    missed: Count
    median_ms: Milliseconds
    longest_ms: Milliseconds


class SelfTest(_Open):
    """A self-test: of what machine, what it measured, and what the laboratory may claim.

    There is a ``claim`` or there are ``reasons`` why there is none. ``images`` is the number of
    images of the trial that was drawn, ``image_px`` their side.
    """

    measured_at: AwareDatetime
    host: str
    system: str
    renderer: str
    rig: str
    rig_sha256: Sha256
    screen: Count
    screen_px: tuple[int, int]
    refresh_hz: Annotated[float, Field(gt=0)]
    refresh_measured: bool
    patch: bool
    study: str
    images: Count
    image_px: Count
    flips: Flips
    trials: Trials
    keys: Presses
    sections: list[Section]
    outputs: list[Output] = []
    versions: dict[str, str | None]
    claim: str | None
    reasons: list[str]

    @model_validator(mode="after")
    def _claims_or_says_why_not(self) -> "SelfTest":
        if (self.claim is None) != bool(self.reasons):
            raise ValueError("claim and reasons: wanted a claim, or why there is none")
        return self


def selftest_file(rig_file: Path, own: Path, come_along: Path) -> Path:
    """Where the self-test of a rig lies: beside the rig file.

    Rigs that come with the laboratory (in ``come_along``) are everybody's, their self-tests are
    not: these lie in ``own``, the working folder's.
    """
    folder = rig_file.parent
    if folder.resolve() == come_along.resolve():
        folder = own
    return folder / f"{rig_file.stem}-timing.json"


def read_selftest(path: Path) -> SelfTest:
    """Read and check what a self-test found.

    Raises
    ------
    StudyError
        Where it cannot be read, is no JSON, or a field does not fit.
    """
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8-sig"))
        return SelfTest.model_validate_json(json.dumps(content))
    except ValidationError as error:
        raise StudyError(describe_misfits(path, error, SelfTest)) from error
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{path}: not valid JSON: {error}") from error
    except OSError as error:
        raise StudyError(f"{path}: {error.strerror or error}") from error
