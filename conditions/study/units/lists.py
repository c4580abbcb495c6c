"""Which units a study has: named one by one, in blocks, or drawn from layers and branches."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from conditions.errors import StudyError
from conditions.study.units.names import parse_unit
from conditions.yaml.strict import Different, Seed, Some, Strict

Role = Literal["main", "practice", "catch", "intuitiveness"]
ROLES: tuple[Role, ...] = ("main", "practice", "catch", "intuitiveness")
Pick = Literal["random", "hand_picked"]


def _checked(names: list[str]) -> list[str]:
    for name in names:
        try:
            parse_unit(name)
        except StudyError as error:
            raise ValueError(str(error)) from error
    return names


def _check_each_once(names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"listed more than once: {', '.join(twice)}")
    # Their images would share a folder where the system does not tell them apart.
    alike = {name for name in names if sum(n.lower() == name.lower() for n in names) > 1}
    if alike:
        raise ValueError(f"one unit in several spellings: {', '.join(sorted(alike))}")


class UnitBlock(Strict):
    """Units that are shown together: a participant meets the whole block in one part."""

    role: Role
    units: list[str] = Field(min_length=1)

    _names = field_validator("units")(_checked)


class UnitSample(Strict):
    """Units drawn at random: ``n`` of every branch of every layer, or of every whole layer.

    Neither an excluded unit nor one that the study names elsewhere is drawn.
    """

    role: Role = "main"
    block: str | None = Field(None, description="Block of units that the drawn ones form.")
    layers: Different[str] = Field(min_length=1)
    branches: Different[Literal["1x1", "3x3", "5x5", "pool"]] = Field(
        [], description="Branches of each layer; without them, channels of the whole layer."
    )
    n: Some = 1
    exclude: list[str] = Field([], description="Never drawn, for example hand-picked units.")
    seed: Seed | None = Field(None, description="Seed of the draw; the study's own by default.")

    _names = field_validator("exclude")(_checked)

    @property
    def size(self) -> int:
        """How many units are drawn."""
        return len(self.layers) * max(1, len(self.branches)) * self.n


class UnitList(Strict):
    """The units by their role; practice units serve in catch trials where none are named."""

    main: list[str] = Field([], description="Units of main trials.")
    practice: list[str] = Field([], description="Units of practice trials.")
    catch: list[str] = Field([], description="Units of catch trials.")
    intuitiveness: list[str] = Field([], description="Units whose explanation is rated.")
    blocks: dict[Annotated[str, Field(pattern=r"^\w+$")], UnitBlock] = Field(
        {}, description="Units that are shown together, by name of the block."
    )
    sample: list[UnitSample] = Field([], description="Units that are drawn, besides the listed.")
    pick: Pick = Field("random", description="How the listed units were chosen.")
    hand_picked: list[str] = Field([], description="Those of the listed that were chosen by hand.")

    _names = field_validator(*ROLES, "hand_picked")(_checked)

    @model_validator(mode="after")
    def _each_once(self) -> "UnitList":
        names = self.listed
        _check_each_once(names)
        unlisted = sorted(set(self.hand_picked) - set(names))
        if unlisted:
            raise ValueError(f"hand_picked names units that are not listed: {', '.join(unlisted)}")
        sampled = [sample.block for sample in self.sample if sample.block]
        double = sorted({b for b in sampled if b in self.blocks or sampled.count(b) > 1})
        if double:
            raise ValueError(f"a block has two sources of units: {', '.join(double)}")
        if not self.count("main"):
            raise ValueError("there are no main units: name them, or let them be sampled")
        return self

    @property
    def listed(self) -> list[str]:
        """All units that are named, as opposed to drawn."""
        names = [name for role in ROLES for name in getattr(self, role)]
        return names + [name for block in self.blocks.values() for name in block.units]

    @property
    def block_names(self) -> dict[str, Role]:
        """Names of the blocks with the role of their units."""
        named = {name: block.role for name, block in self.blocks.items()}
        return named | {sample.block: sample.role for sample in self.sample if sample.block}

    def layers(self, role: Role) -> set[str]:
        """Layers of the units that have a role."""
        names = [*getattr(self, role)]
        names += [n for block in self.blocks.values() if block.role == role for n in block.units]
        sampled = {layer for s in self.sample if s.role == role for layer in s.layers}
        return sampled | {parse_unit(name)[0] for name in names}

    def count(self, role: Role, block: str | None = None) -> int:
        """How many units have a role, in all or in one block."""
        if block is None:
            listed = len(getattr(self, role))
            return (
                listed
                + sum(self.count(role, name) for name in self.block_names)
                + sum(s.size for s in self.sample if s.role == role and s.block is None)
            )
        named = self.blocks.get(block)
        if named is not None:
            return len(named.units) if named.role == role else 0
        return sum(s.size for s in self.sample if s.block == block and s.role == role)
