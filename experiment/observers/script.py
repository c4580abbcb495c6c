"""How a scripted observer answers: chances and reaction times, as a YAML file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from conditions.study.parts import Condition
from conditions.yaml.reading import named_file, read_yaml
from conditions.yaml.strict import Share, Strict

SCRIPTS = Path(__file__).parent / "scripts"
Chances = Annotated[
    tuple[Share, Share, Share],
    Field(strict=False, description="Of confidence 1, 2, 3, as shares of their sum."),
]
Median = Annotated[float, Field(gt=0, le=600)]


class Script(Strict):
    """Chances of answers and medians of times.

    The default shares of correct answers are those of Borowski et al. (2021), Experiment I;
    conditions that are not named are answered by chance. Times are seconds from the flip to the
    press, log-normal with the standard deviation ``rt_spread`` of their logarithm.
    """

    accuracy: dict[Condition, Share] = Field({"natural": 0.92, "synthetic": 0.82, "none": 0.5})
    catch_accuracy: Share = 0.99
    confidence_correct: Chances = (0.15, 0.3, 0.55)
    confidence_wrong: Chances = (0.5, 0.35, 0.15)
    page_rt: Median = 0.3
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


def load_script(name: str) -> Script:
    """A script by the path of its file, or by the name of one that comes along.

    Raises
    ------
    StudyError
        Where there is no such file, or a field does not fit.
    """
    return read_yaml(named_file(name, (SCRIPTS,), "script"), Script, "a script")
