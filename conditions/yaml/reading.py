"""YAML files that people write, read into a checked model."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from conditions.errors import StudyError
from conditions.yaml.misfits import describe_misfits

Model = TypeVar("Model", bound=BaseModel)


def read_yaml(path: Path, model: type[Model], what: str) -> Model:
    """Read and check a YAML file.

    Parameters
    ----------
    path : Path
        The file; an empty one has no fields.
    model : type
        Pydantic model of the whole file.
    what : str
        What the file describes, for messages: "a study".

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
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise StudyError(f"{path}: found {type(content).__name__}, wanted the fields of {what}")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise StudyError(describe_misfits(path, error, model)) from error


def named_file(name: str, folders: tuple[Path, ...], what: str) -> Path:
    """A YAML file by its path, or by its name in the first of some folders that has it.

    Raises
    ------
    StudyError
        Where there is none: names those that exist in the folders.
    """
    given = Path(name)
    places = [folder / f"{name}.yaml" for folder in folders]
    if given.suffix in (".yaml", ".yml"):
        places = [given]
    for path in places:
        if path.is_file():
            return path
    known = sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})
    raise StudyError(f"{what} {name}: no such file, nor one by that name ({', '.join(known)})")
