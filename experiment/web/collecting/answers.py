"""Answers of a browser as they come: JSON, one record a line, each with its type."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from conditions.commands.participants import HIGHEST_NUMBER
from conditions.errors import StudyError
from conditions.tables.events import Kind
from conditions.tables.session_facts import Moment
from conditions.tables.sessions import HIGHEST_RATING, LOWEST_RATING
from conditions.yaml.loading import shortened
from conditions.yaml.misfits import describe_misfits

# Three years: what is longer was no clock.
Seconds = Annotated[float, Field(ge=0, le=1e8)]
# A trial that was loaded again as often would have been given up.
MOST_SHOWN = 100_000
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _is_one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"found {shortened(ascii(text))}, wanted text of one line")
    return text


def _is_json(told: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(told, allow_nan=False)
    except ValueError:
        raise ValueError("found nan or infinity in it, wanted numbers") from None
    return told


Words = Annotated[str, AfterValidator(_is_one_line)]


class _Record(BaseModel):
    """Fields that are relied on are checked; whatever else is there is left aside."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class GivenConsent(_Record):
    """What a participant agreed to, as ``session.json`` keeps it."""

    version: Words
    text_sha256: Hash
    language: Words
    at: Moment


class RunRecord(_Record):
    """The beginning of a run: a page that was opened, or loaded again."""

    type: Literal["run"]
    format: Literal["reference-images-web/1"]
    study: Words
    fingerprint: Hash
    conditions_sha256: Hash
    participant: int = Field(ge=1, le=HIGHEST_NUMBER)
    session: int = Field(1, ge=1)
    started_at: Moment
    language: Words
    browser: Words | None = None
    screen: Annotated[dict[str, Any], AfterValidator(_is_json)] | None = None
    refresh_hz: float | None = Field(None, gt=0)
    target: Words | None = None
    consent: GivenConsent | None = None
    observer: Words = "human"
    versions: dict[str, Words] | None = None


class TrialRecord(_Record):
    """An answered trial; ``row`` is what was decided of it."""

    type: Literal["trial"]
    trial: int = Field(ge=0)
    row: dict[str, Any]
    response: Literal["upper", "lower"] | None
    correct: bool | None
    confidence: int | None = Field(ge=1, le=3)
    rt: Seconds | None
    confidence_rt: Seconds | None
    timed_out: bool
    onset: Seconds
    started_at: Moment
    shown_before: int = Field(0, ge=0, le=MOST_SHOWN)
    repeat_of: int | None = None
    frame_intervals_ms: list[Seconds] = []


class RatingRecord(_Record):
    """A rated trial."""

    type: Literal["rating"]
    moment: Literal["beginning", "end"]
    trial: int = Field(ge=0)
    unit: Words
    rating: int = Field(ge=LOWEST_RATING, le=HIGHEST_RATING)
    rt: Seconds
    shown_before: int = Field(0, ge=0, le=MOST_SHOWN)


class EventRecord(_Record):
    """Anything that happened."""

    type: Literal["event"]
    onset: Seconds
    duration: Seconds | None = None
    kind: Kind
    trial: int | None = Field(None, ge=0)
    detail: Words | None = None


class EndRecord(_Record):
    """The end of a run that was neither killed nor lost."""

    type: Literal["end"]
    state: Literal["complete", "stopped"]
    at: Moment | None = None


Record = RunRecord | TrialRecord | RatingRecord | EventRecord | EndRecord
MODELS: dict[str, type[Record]] = {
    "run": RunRecord,
    "trial": TrialRecord,
    "rating": RatingRecord,
    "event": EventRecord,
    "end": EndRecord,
}


@dataclass(frozen=True)
class Line:
    """A record's content, by which two are known to be one, and where it stands."""

    source: str
    number: int
    content: str

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.source}, line {self.number}"

    @property
    def record(self) -> Record:
        """What it says: read anew each time, for it takes ten times the room of its text."""
        return _checked(self.place, json.loads(self.content))


@dataclass(frozen=True)
class Texts:
    """The records of a text: those of each run, the run's own first."""

    runs: tuple[tuple[Line, ...], ...]
    is_cut_off: bool


def read_runs(source: str, content: bytes) -> Texts:
    """The records of a text, run by run.

    Parameters
    ----------
    source : str
        Name of the text in messages.
    content : bytes
        UTF-8; a byte order mark, empty lines and the line ends of any system mean nothing. A
        record that stands there again, as after a transfer that was tried twice, is taken once.

    Returns
    -------
    Texts
        ``is_cut_off`` says that the last record is not whole, and left out.

    Raises
    ------
    StudyError
        Names line, field, what was found and what is wanted.
    """
    runs: dict[str, dict[str, Line]] = {}
    run: dict[str, Line] | None = None
    texts = _texts(source, content)
    for number, text in texts:
        place = f"{source}, line {number}"
        try:
            raws = list(_objects(text))
            # Half a letter (\\ud800) is JSON, but no text that could be written down again.
            json.dumps(raws, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            if number == texts[-1][0] and runs:
                return _texts_of(runs, is_cut_off=True)
            raise StudyError(
                f"{place}: found {shortened(ascii(text))}, wanted a record as JSON"
            ) from error
        for raw in raws:
            record = _checked(place, raw)
            known = json.dumps(raw, sort_keys=True)
            if isinstance(record, RunRecord):
                run = runs.setdefault(known, {})
            if run is None:
                raise StudyError(f"{place}: found a {record.type}, wanted first the run it is of")
            run.setdefault(known, Line(source, number, json.dumps(raw)))
    return _texts_of(runs, is_cut_off=False)


def _texts_of(runs: dict[str, dict[str, Line]], is_cut_off: bool) -> Texts:
    return Texts(tuple(tuple(lines.values()) for lines in runs.values()), is_cut_off)


def _texts(source: str, content: bytes) -> list[tuple[int, str]]:
    """Lines that are not empty, numbered from 1."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(f"{source}: found bytes that are not UTF-8; save it as UTF-8") from error
    # A line that ends with a carriage return alone is another system's; in JSON there is none.
    numbered = enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)
    stripped = ((number, line.strip(" \t\0")) for number, line in numbered)
    return [(number, line) for number, line in stripped if line]


def _objects(line: str) -> Iterator[Any]:
    """What a line holds: one record, or some without a line end between them."""
    decoder = json.JSONDecoder()
    while line:
        raw, end = decoder.raw_decode(line)
        yield raw
        line = line[end:].lstrip()


def _checked(place: str, raw: Any) -> Record:
    kind = raw.get("type") if isinstance(raw, dict) else None
    model = MODELS.get(kind) if isinstance(kind, str) else None
    if model is None:
        found = ascii(kind) if isinstance(raw, dict) else type(raw).__name__
        raise StudyError(
            f"{place}: type: found {shortened(found)}, wanted one of {', '.join(MODELS)}"
        )
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        # One misfit is enough: nothing of the file is used.
        raise StudyError(describe_misfits(place, error, model).splitlines()[0]) from error
