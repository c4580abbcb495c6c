"""How a scripted observer answers: chances and reaction times, as a YAML file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from conditions.errors import StudyError
from conditions.study.kinds.kind import NONE
from conditions.study.parts import Condition
from conditions.study.study import Study
from conditions.yaml.loading import load_mapping
from conditions.yaml.reading import named_file, read_yaml
from conditions.yaml.strict import Share, Strict

SCRIPTS = Path(__file__).parent / "scripts"
Chances = Annotated[
    tuple[Share, Share, Share],
    Field(strict=False, description="Of confidence 1, 2, 3, as shares of their sum."),
]
Median = Annotated[float, Field(gt=0, le=600)]


def accuracy_of_kinds() -> dict[Condition, float]:
    """Shares of correct answers by the word of a kind (as in ``photographs``), and for none.

    Photographs, visualisations and none are those of Borowski et al. (2021), Experiment I; the
    other kinds, which it did not have, lie between them.
    """
    return dict(load_mapping(SCRIPTS / "published.yaml", "a script")[0]["accuracy"])


class Script(Strict):
    """Chances of answers and medians of times.

    Times are seconds from the flip to the press, log-normal with the standard deviation
    ``rt_spread`` of their logarithm.
    """

    accuracy: dict[Condition, Share] = Field(
        default_factory=accuracy_of_kinds,
        description="Share of correct answers by condition, or by the word of a kind for all "
        "conditions of that kind; the name of a condition comes first.",
    )
    others: Share = Field(0.5, description="The share where `accuracy` names neither.")
    catch_accuracy: Share = 0.99
    confidence_correct: Chances = (0.15, 0.3, 0.55)
    confidence_wrong: Chances = (0.5, 0.35, 0.15)
    page_rt: Median = 0.3
    reads: bool = Field(True, description="Whether pages stay for their least time.")
    choice_rt: Median = 0.5
    confidence_rt: Median = 0.25
    rt_spread: Annotated[float, Field(ge=0, le=3)] = 0.25
    press_seconds: Annotated[float, Field(gt=0, le=5)] = 0.03

    @field_validator("confidence_correct", "confidence_wrong")
    @classmethod
    def _possible(cls, chances: tuple[float, float, float]) -> tuple[float, float, float]:
        if not sum(chances):
            raise ValueError(f"found {list(chances)}, wanted one above 0")
        return chances


def load_script(name: str, study: Study) -> Script:
    """A script by the path of its file, or by the name of one that comes along.

    Its ``accuracy`` is that of every condition of the study.

    Raises
    ------
    StudyError
        Where there is no such file, a field does not fit, or an accuracy is of something that is
        neither a condition of the study nor a kind.
    """
    path = named_file(name, (SCRIPTS,), "script")
    script = read_yaml(path, Script, "a script")
    kinds = {NONE: NONE} | {name: kind.kind for name, kind in study.references.items()}
    known = [*kinds, *(word for word in accuracy_of_kinds() if word not in kinds)]
    for named in script.accuracy:
        if named not in known:
            raise StudyError(
                f"{path}: accuracy: found {named}, wanted conditions of the study or kinds: "
                f"{', '.join(known)}"
            )
    shares = script.accuracy
    accuracy = {
        name: shares.get(name, shares.get(word, script.others)) for name, word in kinds.items()
    }
    return script.model_copy(update={"accuracy": accuracy})
