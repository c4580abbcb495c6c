"""How a scripted observer answers: chances and reaction times, as a YAML file."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, NonNegativeFloat, PositiveFloat, ValidationError

from conditions.errors import StudyError
from conditions.misfits import describe_misfits
from conditions.parts import Condition
from conditions.strict import Strict

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
    given = Path(name)
    path = given if given.suffix in (".yaml", ".yml") else SCRIPTS / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in SCRIPTS.glob("*.yaml")))
        raise StudyError(f"script {name}: no such file, nor a script that comes along ({known})")
    try:
        return Script.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise StudyError(describe_misfits(path, error, Script)) from error
