"""How a scripted observer answers: chances and reaction times, as a YAML file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveFloat

from conditions.study.parts import Condition
from conditions.yaml.reading import named_file, read_yaml
from conditions.yaml.strict import Strict

SCRIPTS = Path(__file__).parent / "scripts"
Chance = Annotated[float, Field(ge=0, le=1)]
Chances = Annotated[tuple[Chance, Chance, Chance], Field(description="Of confidence 1, 2, 3.")]


class Script(Strict):
    """Chances of answers and medians of times.

    The default shares of correct answers are those of Borowski et al. (2021), Experiment I;
    conditions that are not named are answered by chance. Times are seconds from the flip to the
    press, log-normal with the standard deviation ``rt_spread`` of their logarithm.
    """

    accuracy: dict[Condition, Chance] = Field({"natural": 0.92, "synthetic": 0.82, "none": 0.5})
    catch_accuracy: Chance = 0.99
    confidence_correct: Chances = (0.15, 0.3, 0.55)
    confidence_wrong: Chances = (0.5, 0.35, 0.15)
    page_rt: PositiveFloat = 0.3
    choice_rt: PositiveFloat = 0.5
    confidence_rt: PositiveFloat = 0.25
    rt_spread: NonNegativeFloat = 0.25
    press_seconds: PositiveFloat = 0.03


def load_script(name: str) -> Script:
    """A script by the path of its file, or by the name of one that comes along.

    Raises
    ------
    StudyError
        Where there is no such file, or a field does not fit.
    """
    return read_yaml(named_file(name, (SCRIPTS,), "script"), Script, "a script")
