"""What is wrong with a YAML file, one line a misfit, in the words of its writer."""

import difflib
from pathlib import Path
from typing import TypeGuard, get_args, get_origin

from pydantic import BaseModel, ValidationError


def describe_misfits(path: Path | str, error: ValidationError, model: type[BaseModel]) -> str:
    """A validation error of a YAML file as one line a misfit.

    Parameters
    ----------
    path : Path or str
        The file, or another name of where the values come from.
    error : ValidationError
        What pydantic found.
    model : type
        The model of the whole file: an unknown field is answered with its nearest known one.
    """
    lines = []
    for misfit in error.errors():
        where = ".".join(str(part) for part in misfit["loc"]) or "the file"
        if misfit["type"] == "extra_forbidden":
            known = _fields_at(model, misfit["loc"][:-1])
            near = difflib.get_close_matches(str(misfit["loc"][-1]), known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(sorted(known))}"
            lines.append(f"{path}: unknown field {where}{hint}")
        elif misfit["type"] == "missing":
            lines.append(f"{path}: field {where} is missing")
        elif misfit["type"] == "value_error":
            # A check of the whole file names its fields itself.
            field = f"{where}: " if misfit["loc"] else ""
            lines.append(f"{path}: {field}{misfit['msg'].removeprefix('Value error, ')}")
        else:
            lines.append(f"{path}: {where}: found {misfit['input']!r}: {misfit['msg']}")
    return "\n".join(lines)


def _fields_at(model: type[BaseModel], location: tuple) -> list[str]:
    annotation: object = model
    for part in location:
        annotation = _unwrap(annotation)
        if _is_model(annotation):
            annotation = annotation.model_fields[part].annotation
        elif get_args(annotation):
            # An item of a list or a value of a dictionary: its type is the last argument.
            annotation = get_args(annotation)[-1]
    annotation = _unwrap(annotation)
    return list(annotation.model_fields) if _is_model(annotation) else []


def _unwrap(annotation: object) -> object:
    """The model or collection among the alternatives of a type, as Repeats of Repeats | None."""
    if _is_model(annotation) or get_origin(annotation) in (list, dict, tuple):
        return annotation
    inner = [_unwrap(a) for a in get_args(annotation)]
    fitting = [a for a in inner if _is_model(a) or get_origin(a) in (list, dict, tuple)]
    return fitting[0] if fitting else annotation


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
