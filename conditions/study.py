"""The study file: one YAML file that all rooms read, checked before anything is done."""

import difflib
import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from conditions.errors import StudyError
from conditions.tables import GRID
from conditions.units import parse_unit

Condition = Literal["natural", "synthetic", "none"]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelChoice(_Strict):
    """The network that the units belong to."""

    name: str
    weights: Path | None = Field(
        None, description="A file with the weights, instead of the model's own source."
    )


class ImageSize(_Strict):
    """Short side after resizing, and side of the centre crop that is shown (pixels)."""

    resize: Annotated[int, Field(ge=32)] = 256
    crop: Annotated[int, Field(ge=32)] = 224

    @model_validator(mode="after")
    def _crop_fits(self) -> "ImageSize":
        if self.crop > self.resize:
            raise ValueError(f"crop {self.crop} is larger than resize {self.resize}")
        return self


class UnitList(_Strict):
    """Names of the units by their role, and how the main ones were picked."""

    main: list[str] = Field(min_length=1)
    practice: list[str] = []
    pick: Literal["random", "hand_picked"] = "random"

    @field_validator("main", "practice")
    @classmethod
    def _names(cls, names: list[str]) -> list[str]:
        for name in names:
            try:
                parse_unit(name)
            except StudyError as error:
                raise ValueError(str(error)) from error
        return names

    @model_validator(mode="after")
    def _each_once(self) -> "UnitList":
        names = self.main + self.practice
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"listed more than once: {', '.join(twice)}")
        return self


class NaturalImages(_Strict):
    """Selection of natural images: rank bins of the pool's extremes, dealt to batches.

    The ``bins`` × ``batches`` lowest and highest images of the pool are cut into ``bins`` rank
    bins; every batch gets one image of each bin. Queries are those of the two outermost bins.
    """

    pool: str = "embedded"
    bins: Annotated[int, Field(ge=2, le=GRID + 1)] = 10
    batches: Annotated[int, Field(ge=2)] = 20


class SyntheticImages(_Strict):
    """Recipe of the feature visualisations."""

    images: Annotated[int, Field(ge=2, le=GRID + 1)] = 10
    steps: PositiveInt = 2560
    learning_rate: PositiveFloat = 0.05
    padding: Count = 16
    diversity: Annotated[float, Field(ge=0)] | Literal["auto"] = "auto"
    units_per_batch: PositiveInt = 1


class Part(_Strict):
    """A stretch of the session: practice for each of its conditions, then alternating blocks."""

    name: str
    conditions: list[Condition] = Field(min_length=1)
    rotate_every: PositiveInt | None = Field(
        None,
        description="The order of the conditions moves on by one after this many participants.",
    )
    scheme: str = "Min-Max-9"
    practice: Count = Field(0, description="Practice trials for each condition.")
    blocks: PositiveInt = Field(1, description="Blocks of each condition.")
    main: PositiveInt = Field(description="Main trials in a block.")
    catch: Count = Field(0, description="Catch trials in a block.")

    @field_validator("scheme")
    @classmethod
    def _known_scheme(cls, scheme: str) -> str:
        parse_scheme(scheme)
        return scheme

    @model_validator(mode="after")
    def _catch_needs_references(self) -> "Part":
        if self.catch and "none" in self.conditions:
            raise ValueError(
                f"part {self.name!r} has catch trials, but its condition none shows no references "
                "to copy"
            )
        if len(set(self.conditions)) < len(self.conditions):
            raise ValueError(f"part {self.name!r} names a condition twice")
        return self


class BatchRule(_Strict):
    """Which batch of natural images a participant sees in a condition.

    Batch = offset + step × ((p − 1) div every) + 1 for participant p, wrapped into
    1 … batches − 1; batch 0 is kept for practice and catch trials.
    """

    step: PositiveInt = 1
    every: PositiveInt = 1
    offset: dict[Condition, Count] = {}


class Timing(_Strict):
    """Durations within a trial, in seconds; no ``deadline`` means no time limit."""

    fixation: Seconds = 0.5
    feedback_delay: Seconds = 0.5
    feedback: Seconds = 1.5
    blank: Seconds = 0.1
    deadline: PositiveFloat | None = None


class Keys(_Strict):
    """Keys of the answers, by PsychoPy's names."""

    upper: str = "up"
    lower: str = "down"
    confidence: list[str] = Field(["1", "2", "3"], min_length=3, max_length=3)
    go_on: str = "space"

    @model_validator(mode="after")
    def _distinct(self) -> "Keys":
        names = [self.upper, self.lower, *self.confidence, self.go_on, "escape"]
        if len(set(names)) < len(names):
            raise ValueError(f"a key has two meanings: {', '.join(names)} (escape stops)")
        return self


class Study(_Strict):
    """A whole study. Every field is described in the class of its value."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: str
    seed: Count
    model: ModelChoice
    image: ImageSize = ImageSize()
    units: UnitList
    natural: NaturalImages = NaturalImages()
    synthetic: SyntheticImages = SyntheticImages()
    parts: list[Part] = Field(min_length=1)
    batches: BatchRule = BatchRule()
    timing: Timing = Timing()
    keys: Keys = Keys()
    language: str = "en"

    @property
    def conditions(self) -> list[str]:
        """The conditions of all parts, in order of their first appearance."""
        return list(dict.fromkeys(c for part in self.parts for c in part.conditions))

    @model_validator(mode="after")
    def _enough_images(self) -> "Study":
        wanted = max((parse_scheme(part.scheme)[1] for part in self.parts), default=0)
        for kind, found in (("natural", self.natural.bins), ("synthetic", self.synthetic.images)):
            if kind in self.conditions and found < wanted + 1:
                raise ValueError(
                    f"{kind} has {found} images a pole, but {wanted} references and a query are "
                    f"{wanted + 1}"
                )
        return self

    @model_validator(mode="after")
    def _enough_units(self) -> "Study":
        for condition in self.conditions:
            trials = sum(p.blocks * p.main for p in self.parts if condition in p.conditions)
            if trials != len(self.units.main):
                raise ValueError(
                    f"condition {condition} has {trials} main trials (blocks × main over its "
                    f"parts), but shows each of the {len(self.units.main)} main units once"
                )
        practice = sum(part.practice * len(part.conditions) for part in self.parts)
        if practice > len(self.units.practice):
            raise ValueError(
                f"{practice} practice trials over all conditions need as many practice units; "
                f"there are {len(self.units.practice)}"
            )
        catch = max(part.catch for part in self.parts)
        if catch > len(self.units.practice):
            raise ValueError(
                f"{catch} catch trials in a block need as many practice units; "
                f"there are {len(self.units.practice)}"
            )
        return self

    def fingerprint(self) -> str:
        """SHA-256 of the study's content, the same for files that differ in comments only."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


_SCHEME = re.compile(r"(Min-)?Max-([1-9])")


def parse_scheme(scheme: str) -> tuple[tuple[str, ...], int]:
    """Poles that a reference scheme shows, and how many references of each.

    >>> parse_scheme("Min-Max-9")
    (('min', 'max'), 9)
    """
    match = _SCHEME.fullmatch(scheme)
    if match is None:
        raise ValueError(
            f"scheme {scheme!r} is not Max-N or Min-Max-N with N from 1 to 9, as in Min-Max-9"
        )
    return (("min", "max") if match[1] else ("max",)), int(match[2])


def load_study(path: Path) -> Study:
    """Read and check a study file.

    Raises
    ------
    StudyError
        One line for each misfit: file, field, value found, value wanted; an unknown key names
        the nearest known one.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise StudyError(f"{path}: found {type(content).__name__}, wanted the fields of a study")
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        raise StudyError(describe_misfits(path, error, Study)) from error


def describe_misfits(path: Path, error: ValidationError, model: type[BaseModel]) -> str:
    """A validation error of a YAML file as one line a misfit."""
    lines = []
    for misfit in error.errors():
        where = ".".join(str(part) for part in misfit["loc"]) or "the file"
        if misfit["type"] == "extra_forbidden":
            known = _fields_at(model, misfit["loc"][:-1])
            near = difflib.get_close_matches(str(misfit["loc"][-1]), known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(sorted(known))}"
            lines.append(f"{path}: unknown field {where}{hint}")
        elif misfit["type"] == "missing":
            lines.append(f"{path}: field {where} is missing")
        elif misfit["type"] == "value_error":
            lines.append(f"{path}: {where}: {misfit['msg'].removeprefix('Value error, ')}")
        else:
            lines.append(f"{path}: {where}: found {misfit['input']!r}: {misfit['msg']}")
    return "\n".join(lines)


def _fields_at(model: type[BaseModel], location: tuple) -> list[str]:
    for part in location:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        inner = [a for a in (annotation, *getattr(annotation, "__args__", ())) if _is_model(a)]
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
