"""What is wrong with a YAML file, one line a misfit, in the words of its writer."""

import difflib
from pathlib import Path
from typing import TypeGuard, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from conditions.yaml.loading import Written, shortened

# What pydantic's kinds of misfit want, in words for people who write YAML.
_WANTED = {
    "int_type": "a whole number, as in 5",
    "int_from_float": "a whole number, as in 5",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text; numbers, dates, yes and no that are meant as text stand in quotes",
    "string_sub_type": "text",
    "list_type": "a list, as in [a, b]",
    "tuple_type": "a list, as in [1, 2]",
    "dict_type": "fields with their values",
    "model_type": "fields with their values",
    "path_type": "the path of a file",
}


def describe_misfits(
    path: Path | str,
    error: ValidationError,
    model: type[BaseModel],
    written: Written | None = None,
) -> str:
    """A validation error of a YAML file as one line a misfit.

    Parameters
    ----------
    path : Path or str
        The file, or another name of where the values come from.
    error : ValidationError
        What pydantic found.
    model : type
        The model of the whole file: an unknown field is answered with its nearest known one.
    written : dict, optional
        What stands in the file for each value that is no text, by its place.
    """
    lines = []
    for misfit in error.errors():
        where = ".".join(str(part) for part in misfit["loc"]) or "the file"
        if misfit["type"] == "extra_forbidden":
            known = _fields_at(model, misfit["loc"][:-1])
            near = difflib.get_close_matches(str(misfit["loc"][-1]), known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(sorted(known))}"
            lines.append(f"{path}: unknown field {shortened(where)}{hint}")
        elif misfit["type"] == "missing":
            lines.append(f"{path}: field {where} is missing")
        elif misfit["type"] == "value_error":
            # A check of the whole file names its fields itself.
            field = f"{where}: " if misfit["loc"] else ""
            lines.append(f"{path}: {field}{misfit['msg'].removeprefix('Value error, ')}")
        else:
            wanted = _WANTED.get(misfit["type"])
            message = misfit["msg"].replace("Input should be", "wanted")
            wanted = message if wanted is None else f"wanted {wanted}"
            lines.append(f"{path}: {where}: found {_found(misfit, written or {})}: {wanted}")
    return "\n".join(lines)


def _found(misfit: ErrorDetails, written: Written) -> str:
    found, place = misfit["input"], misfit["loc"]
    if found is None:
        return "nothing"
    if not isinstance(found, str | list | dict) and place[-1:] != ("[key]",):
        # The place of a misfit goes on with what was tried of several types.
        for end in range(len(place), 0, -1):
            if place[:end] in written:
                return shortened(written[place[:end]])
    return shortened(repr(found))


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
