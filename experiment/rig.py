"""A rig: the screen that participants sit at, as a YAML file that travels with the data."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, ValidationError

from conditions.errors import StudyError
from conditions.study import describe_misfits

RIGS = Path(__file__).parent / "rigs"

Pixels = Annotated[int, Field(ge=320)]


class Rig(BaseModel):
    """The screen of a session.

    ``resolution`` (width, height in pixels) is compared with the screen that is found; without it
    any screen will do. ``refresh_hz`` is compared with the measured refresh rate, and stands in
    where none can be measured. ``shrink`` allows images to be shown smaller than they are where a
    trial does not fit the screen (never without: the published study shows them pixel by pixel).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    resolution: tuple[Pixels, Pixels] | None = None
    refresh_hz: PositiveFloat = 60.0
    screen: Annotated[int, Field(ge=0)] = 0
    full_screen: bool = True
    shrink: bool = False


def load_rig(name: str) -> tuple[Rig, Path]:
    """A rig by the path of its file, or by the name of one that comes with the laboratory.

    Raises
    ------
    StudyError
        Where there is no such file, or a field does not fit.
    """
    given = Path(name)
    path = given if given.suffix in (".yaml", ".yml") else RIGS / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in RIGS.glob("*.yaml")))
        raise StudyError(f"rig {name}: no such file, nor a rig that comes along ({known})")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Rig.model_validate(content), path
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise StudyError(describe_misfits(path, error, Rig)) from error
