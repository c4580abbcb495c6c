"""What a study file says, field by field, and what follows from it by arithmetic."""

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from conditions.files import DEVICES
from conditions.study.answering import Calibration, Demographic, Keys, Timing
from conditions.study.asked.questions import Analysis, Designed, Questions
from conditions.study.asked.usual import questions_of
from conditions.study.earlier_form import translated
from conditions.study.exclusions import Exclusions
from conditions.study.kinds.kind import NONE, Language
from conditions.study.kinds.references import (
    AnyKind,
    KindName,
    left_and_right,
    made_in_order,
    photographs_of,
)
from conditions.study.markers.codes import Markers
from conditions.study.parts import BatchRule, Condition, Part, PracticeRule, Repeats
from conditions.study.presentation import Presentation
from conditions.study.readouts import ReadoutChoice, ReadoutName
from conditions.study.recipes import ImageSize, ModelChoice, NaturalImages
from conditions.study.sessions import BetweenSessions, SessionContent
from conditions.study.surroundings import Breaks, Consent, Resuming
from conditions.study.units.lists import UnitList
from conditions.yaml.strict import Different, Seed, Some, Strict, Text, later

# Figures have so many colours and marks that all readers tell apart.
MOST_KINDS = 8


class StudyContents(Strict):
    """All fields of a study. Each is described here or in the class of its value."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]
    title: Text
    seed: Seed
    model: ModelChoice
    image: ImageSize = ImageSize()
    readouts: dict[ReadoutName, ReadoutChoice] = later(
        {}, "What units are channels of besides the network's layers, by a name of the study's own."
    )
    units: UnitList
    natural: NaturalImages = NaturalImages()
    references: dict[KindName, AnyKind] = Field(
        min_length=1,
        max_length=MOST_KINDS,
        description="Kinds of reference images by the study's names for them; these names, and "
        "none, are its conditions.",
    )
    parts: list[Part] = Field(min_length=1)
    part_orders: list[list[str]] = Field(
        [], description="Orders of the parts: participant p has entry (p − 1) mod their number."
    )
    unit_blocks: list[dict[str, str]] = Field(
        [],
        description="Block of main units by part: participant p has entry (p − 1) mod their "
        "number. Without it, each condition deals all main units over its parts.",
    )
    sessions: list[SessionContent] = later(
        [],
        "Two or more sessions, each with what it holds; without the field a participant comes "
        "once. Ratings at the beginning are in the first session, repeats and ratings at the end "
        "in the last.",
    )
    session_orders: list[list[Some]] = later(
        [],
        "Orders of the sessions by their places in sessions, from 1: participant p has entry "
        "(p − 1) mod their number. By default all participants have them in the order of the file.",
    )
    between_sessions: BetweenSessions = later(
        BetweenSessions(), "How long after the end of a session the next may begin."
    )
    batches: BatchRule = BatchRule()
    practice: PracticeRule = PracticeRule()
    matched_catch: bool = Field(
        False,
        description="Catch units are of layers and branches that main trials of the block show.",
    )
    sides: Literal["tossed", "balanced"] = later(
        "tossed",
        "Which query is on top: tossed for each trial, which nobody can foresee; or balanced, so "
        "that the correct one is on top in half of the practice, main and catch trials of every "
        "block. Repeats are tossed in either case.",
    )
    leftover: Literal["refuse", "rotate"] = Field(
        "refuse",
        description="Units that blocks × main do not use up: refused, or added one each to the "
        "condition's blocks, beginning with block (p − 1) mod their number for participant p.",
    )
    repeats: Repeats | None = None
    intuitiveness: Different[Literal["beginning", "end"]] = Field(
        [], description="Moments at which all units of that role are rated."
    )
    rated: Annotated[Different[Text], Field(min_length=2, max_length=2)] | None = later(
        None,
        "The two kinds that are rated: how intuitively the first, on the left, explains the "
        "second. By default the first kind that is not the pool's photographs, and those.",
    )
    exclusions: Exclusions = Exclusions()
    analysis: Analysis = later(
        Analysis(), "Primary and secondary questions, and the smallest effect that matters."
    )
    timing: Timing = Timing()
    keys: Keys = Keys()
    language: Language = "en"
    languages: Different[Language] = Field(
        [], description="Those that the operator may choose from; by default the language alone."
    )
    demographics: Different[Demographic] = Field(
        ["age", "gender", "handedness", "vision", "expertise"],
        description="What participants are asked about themselves.",
    )
    consent: Consent | None = Field(
        None,
        # No part of the fingerprint: with an amended text it is the same study still.
        exclude=True,
        description="What participants are told and agree to before anything of theirs is written.",
    )
    breaks: Breaks | None = later(
        None, "Breaks with a clock; without the field each block ends with a word about a break."
    )
    resuming: Resuming = later(Resuming(), "What is shown again where a session goes on.")
    markers: Markers = later(
        Markers(), "What recordings beside a session are told, where the rig file lists outlets."
    )
    presentation: Presentation = Presentation()
    calibration: Calibration = Calibration()

    @property
    def conditions(self) -> list[Condition]:
        """The conditions of all parts, in order of their first appearance."""
        return list(dict.fromkeys(c for part in self.parts for c in part.conditions))

    @property
    def photographs(self) -> str:
        """Name under which the pool's images lie, the queries among them."""
        return photographs_of(self.references)

    @property
    def made_in_order(self) -> list[str]:
        """Names of the kinds that have images, each after those that it is made of."""
        return made_in_order(self.references)

    @property
    def left_and_right(self) -> tuple[str, str] | None:
        """The kinds on the left and on the right of an intuitiveness trial, if there are two."""
        return (self.rated[0], self.rated[1]) if self.rated else left_and_right(self.references)

    @property
    def kinds_shown(self) -> list[str]:
        """The conditions with references, in the order of the study's references."""
        return [name for name in self.references if name in self.conditions]

    @property
    def marker_codes(self) -> dict[str, int]:
        """Codes of the events that are marked, by event."""
        return self.markers.table(list(self.references))

    @property
    def repeated_conditions(self) -> list[Condition]:
        """The conditions whose trials are repeated at the end; none without repeats."""
        return (self.repeats.conditions or self.conditions) if self.repeats else []

    @property
    def n_repeats(self) -> int:
        """How many trials are repeated at the end."""
        if self.repeats is None:
            return 0
        return len(self.repeated_conditions) * (self.repeats.least + self.repeats.most)

    @property
    def questions(self) -> Questions:
        """The primary and secondary questions, declared or usual."""
        shown = [*self.kinds_shown, *([NONE] if NONE in self.conditions else [])]
        photographs = self.photographs if self.photographs in shown else None
        schemes_of = {
            name: {part.scheme for part in self.parts if name in part.conditions}
            for name in self.kinds_shown
        }
        schemes = set().union(*schemes_of.values())
        blocks = {name: self._blocks_in_a_row(name) for name in shown}
        designed = Designed(len(schemes), schemes_of, blocks, len(self.units.layers("main")))
        return questions_of(self.analysis, shown, photographs, designed)

    def _blocks_in_a_row(self, condition: str) -> int:
        """Most blocks of a condition in one scheme; without references there are no schemes."""
        blocks: Counter[str] = Counter()
        for part in self.parts:
            if condition in part.conditions:
                blocks[NONE if condition == NONE else part.scheme] += part.blocks
        return max(blocks.values())

    @property
    def natural_sets(self) -> tuple[int, ...]:
        """Sets of natural images that the session needs, by their images a pole and batch."""
        sets = {self.bins_of(part) for part in self.parts}
        return tuple(sorted(sets | ({self.natural.bins} if self.intuitiveness else set())))

    def bins_of(self, part: Part) -> int:
        """Images a pole and batch of the natural set that a part shows."""
        return part.bins or self.natural.bins

    def main_trials(self, condition: str) -> int:
        """Main trials of a condition over the whole session, catch trials left out."""
        parts = [part for part in self.parts if condition in part.conditions]
        if self.leftover == "refuse":
            return sum(part.blocks * part.main for part in parts)
        if not self.unit_blocks:
            return self.units.count("main")
        return sum(self.units.count("main", self.unit_blocks[0][part.name]) for part in parts)

    @field_validator("name")
    @classmethod
    def _is_a_folder(cls, name: str) -> str:
        if name in DEVICES:
            raise ValueError(f"found {name}, which Windows takes for a device: wanted another name")
        return name

    @model_validator(mode="before")
    @classmethod
    def _todays_form(cls, content: object) -> object:
        return translated(content) if isinstance(content, dict) else content

    @model_validator(mode="before")
    @classmethod
    def _languages(cls, content: object) -> object:
        if not isinstance(content, dict):
            return content
        several = content.get("languages")
        if not several:
            return content | {"languages": [content.get("language", "en")]}
        if isinstance(several, list) and "language" not in content:
            return content | {"language": several[0]}
        return content
