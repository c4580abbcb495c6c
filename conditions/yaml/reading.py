"""YAML files that people write, read into a checked model."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from conditions.errors import StudyError
from conditions.yaml.loading import load_mapping
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
    content, written = load_mapping(path, what)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        if not content:
            missing = "; ".join(f"field {misfit['loc'][0]} is missing" for misfit in error.errors())
            raise StudyError(f"{path}: empty, wanted {what}: {missing}") from error
        raise StudyError(describe_misfits(path, error, model, written)) from error


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
