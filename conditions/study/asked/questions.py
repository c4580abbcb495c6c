"""What a study asks of its data, declared in its study file before they are there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from conditions.yaml.strict import Different, Strict, Text

ACCURACY, RT, CONFIDENCE = "accuracy", "rt", "confidence"
MEASURES = (ACCURACY, RT, CONFIDENCE)
CONDITION, INTERACTION, LEARNING, LAYERS = "condition", "interaction", "learning", "layers"
# A single kind is compared with what guessing would give.
CHANCE = "chance"
WORDS = (INTERACTION, LEARNING, LAYERS)
BOTH, PARTICIPANTS = "participants and units", "participants"

Correction = Literal["holm", "bonferroni", "none"]


class Analysis(Strict):
    """The questions of a study; what is not given here is answered by default."""

    primary: Text | None = Field(
        None,
        description="The comparison of two conditions, as in `A - B`, whose accuracy is the "
        "study's primary question. By default the photographs minus the next kind; of a single "
        "kind, that minus none, or minus chance where it is the only condition.",
    )
    smallest_effect: Annotated[float, Field(ge=0.5, lt=50)] | None = Field(
        None,
        description="The smallest difference in accuracy that would matter (percentage points): "
        "what is surely smaller is called equivalent.",
    )
    secondary: Different[Text] | None = Field(
        None,
        description="Secondary questions: `A - B` (accuracy), `rt: A - B`, `confidence: A - B`, "
        "and of the primary comparison `interaction` (does it depend on the scheme?), `learning` "
        "(does it change over blocks?), `layers` (over the layers?). By default the interaction "
        "where there are several schemes, each kind against the first of the primary comparison "
        "and against none, and the primary comparison of reaction time and confidence.",
    )
    correction: Correction = Field(
        "holm", description="How the p values of the secondary questions are corrected."
    )
    over: Literal["participants and units", "participants"] = Field(
        "participants and units",
        description="What decides the questions: the tests that are about other people and units, "
        "or those about other people and these units.",
    )


@dataclass(frozen=True)
class Question:
    """A question of a study.

    Attributes
    ----------
    name : str
        ``condition``, ``chance``, ``interaction``, ``learning`` or ``layers``.
    measure : str
        ``accuracy``, ``rt`` or ``confidence``.
    first, second : str
        The conditions that are compared, first minus second, which may be chance.
    """

    name: str
    measure: str
    first: str
    second: str

    @property
    def comparison(self) -> str:
        """As in the tables."""
        return f"{self.first} - {self.second}"

    @property
    def in_short(self) -> str:
        """As a study file may name it.

        >>> Question("condition", "rt", "natural", "none").in_short
        'rt: natural - none'
        """
        return self.name if self.name in WORDS else f"{self.measure}: {self.comparison}"


@dataclass(frozen=True)
class Questions:
    """All questions of a study, and whether its study file names them."""

    primary: Question | None
    secondary: tuple[Question, ...]
    primary_declared: bool
    secondary_declared: bool


@dataclass(frozen=True)
class Designed:
    """How often a design has what a question is about.

    Attributes
    ----------
    schemes : int
        Reference schemes that are shown.
    schemes_of : dict or None
        Those of a condition; None where each shows all.
    blocks : dict or None
        Blocks of a condition in one scheme; None where they are not known.
    layers : int or None
        Layers of main units; None where they are not known.
    """

    schemes: int
    schemes_of: Mapping[str, Collection[str]] | None = None
    blocks: Mapping[str, int] | None = None
    layers: int | None = None

    def schemes_with(self, *conditions: str) -> int:
        """How many schemes show all of these."""
        if self.schemes_of is None:
            return self.schemes
        return len(set.intersection(*(set(self.schemes_of[name]) for name in conditions)))
