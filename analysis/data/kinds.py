"""What the analysis needs of a study's kinds of reference images: names, order, what they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conditions.study.contents import StudyContents
from conditions.study.kinds.kind import NONE

WITHOUT = "no references: the query images alone."


@dataclass(frozen=True)
class Kinds:
    """The kinds of reference images of a study.

    Attributes
    ----------
    words : mapping
        A sentence on each, by the study's name for it, in the study's order.
    photographs : str or None
        Name of the photographs of the pool, where the study shows them.
    rated : tuple of str or None
        The kinds on the left and on the right of intuitiveness trials.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    photographs: str | None = None
    rated: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names in the study's order."""
        return tuple(self.words)

    @property
    def levels(self) -> dict[str, str]:
        """A sentence on each condition: the kinds, then none."""
        return {**self.words, NONE: WITHOUT}

    def in_order(self, conditions: list[str]) -> list[str]:
        """Conditions in the study's order; those that are not its own after them, none last.

        >>> Kinds({"crops": "", "natural": ""}).in_order(["none", "natural", "other", "crops"])
        ['crops', 'natural', 'other', 'none']
        """
        found = set(conditions)
        others = sorted(found - {*self.words, NONE})
        return [name for name in (*self.words, *others, NONE) if name in found]


def kinds_of(study: StudyContents) -> Kinds:
    """The kinds of a study."""
    words = {
        name: kind.in_words(name).removeprefix(f"{name}: ")
        for name, kind in study.references.items()
    }
    shown = study.photographs if study.photographs in words else None
    return Kinds(words, shown, study.left_and_right)
