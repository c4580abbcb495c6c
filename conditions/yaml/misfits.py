"""What is wrong with a YAML file, one line a misfit, in the words of its writer."""

import difflib
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
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
    "string_too_short": "text",
    "list_type": "a list, as in [a, b]",
    "tuple_type": "a list, as in [1, 2]",
    "dict_type": "fields with their values",
    "model_type": "fields with their values",
    "model_attributes_type": "fields with their values",
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
    lines: list[str] = []
    # Several types were tried of one value: what it may be is one line.
    others: dict[tuple, int] = {}
    misfits = [(misfit, *_place_in_file(model, misfit["loc"])) for misfit in error.errors()]
    places = [place for _, place, _ in misfits]
    for misfit, place, known in misfits:
        if misfit["type"] in _WANTED and any(_is_within(other, place) for other in places):
            # One of the types fits as far as something in it does not.
            continue
        where = ".".join(str(part) for part in place) or "the file"
        if misfit["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(sorted(known))}"
            lines.append(f"{path}: unknown field {shortened(where)}{hint}")
        elif misfit["type"] == "missing":
            lines.append(f"{path}: field {where} is missing")
        elif misfit["type"] == "value_error":
            # A check of the whole file names its fields itself.
            field = f"{where}: " if place else ""
            lines.append(f"{path}: {field}{misfit['msg'].removeprefix('Value error, ')}")
        elif misfit["type"] == "union_tag_not_found":
            lines.append(f"{path}: field {where}.{_discriminator(misfit)} is missing")
        elif misfit["type"] == "union_tag_invalid":
            lines.append(f"{path}: {where}.{_discriminator(misfit)}: {_wrong_tag(misfit)}")
        else:
            wanted = _WANTED.get(misfit["type"])
            message = misfit["msg"].replace("Input should be", "wanted")
            wanted = message if wanted is None else f"wanted {wanted}"
            if place in others:
                lines[others[place]] += f", or {wanted.removeprefix('wanted ')}"
                continue
            others[place] = len(lines)
            found = _found(misfit, place, written or {})
            lines.append(f"{path}: {where}: found {found}: {wanted}")
    return "\n".join(lines)


def _is_within(place: tuple, other: tuple) -> bool:
    return len(place) > len(other) and place[: len(other)] == other


def _discriminator(misfit: ErrorDetails) -> str:
    return misfit["ctx"]["discriminator"].strip("'")


def _wrong_tag(misfit: ErrorDetails) -> str:
    tags = misfit["ctx"]["expected_tags"].replace("'", "")
    if misfit["input"][_discriminator(misfit)] is None:
        return f"found nothing: wanted one of {tags}"
    found = misfit["ctx"]["tag"]
    near = difflib.get_close_matches(found, tags.split(", "), n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"found {shortened(repr(found))}: wanted one of {tags}{hint}"


def _found(misfit: ErrorDetails, place: tuple, written: Written) -> str:
    found = misfit["input"]
    if found is None:
        return "nothing"
    if not isinstance(found, str | list | dict) and place[-1:] != ("[key]",):
        # The place of a misfit goes on with what was tried of several types.
        for end in range(len(place), 0, -1):
            if place[:end] in written:
                return shortened(written[place[:end]])
    return shortened(repr(found))


def _place_in_file(model: type[BaseModel], location: tuple) -> tuple[tuple, list[str]]:
    """Where in the file a misfit is, and the fields that are known beside its last part.

    Behind a field pydantic names which of several models or types it tried: that stands nowhere in
    the file.
    """
    annotation: object = model
    place: list[str | int] = []
    known: list[str] = []
    for part in location:
        tagged = _tagged(annotation)
        if part in tagged:
            annotation = tagged[part]
            continue
        if several := _alternatives(annotation):
            collections = [a for a in several if str(part).startswith(_name_of(a))]
            annotation = (collections or several)[0]
            continue
        annotation = _unwrap(annotation)
        place.append(part)
        known = list(annotation.model_fields) if _is_model(annotation) else []
        if _is_model(annotation):
            field = annotation.model_fields.get(part)
            annotation = None if field is None else _with_discriminator(field)
        elif get_args(annotation):
            # An item of a list or a value of a dictionary: its type is the last argument.
            annotation = get_args(annotation)[-1]
    return tuple(place), known


def _with_discriminator(field: FieldInfo) -> object:
    # Of a field itself pydantic keeps the discriminator apart from the annotation.
    if field.discriminator is None:
        return field.annotation
    return Annotated[field.annotation, field]


def _tagged(annotation: object) -> dict[object, type[BaseModel]]:
    """The models of a union that a field tells apart, by what stands in that field."""
    if get_origin(annotation) in (Union, UnionType):
        others = [a for a in get_args(annotation) if a is not NoneType]
        return _tagged(others[0]) if len(others) == 1 else {}
    if get_origin(annotation) is not Annotated:
        return {}
    union, *metadata = get_args(annotation)
    names = [m.discriminator for m in metadata if isinstance(m, FieldInfo) and m.discriminator]
    return {
        tag: model
        for name in names
        for model in get_args(union)
        for tag in get_args(model.model_fields[str(name)].annotation)
    }


def _alternatives(annotation: object) -> list[object]:
    """The types of a union, if there are several beside None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in (Union, UnionType):
        return []
    several = [a for a in get_args(annotation) if a is not NoneType]
    return several if len(several) > 1 else []


def _name_of(annotation: object) -> str:
    """How pydantic begins the name of a type, if it is a collection or a model."""
    kind = get_origin(annotation) or annotation
    return kind.__name__ if isinstance(kind, type) else "no name"


def _unwrap(annotation: object) -> object:
    """The model or collection among the alternatives of a type, as Repeats of Repeats | None."""
    if _is_model(annotation) or get_origin(annotation) in (list, dict, tuple):
        return annotation
    inner = [_unwrap(a) for a in get_args(annotation)]
    fitting = [a for a in inner if _is_model(a) or get_origin(a) in (list, dict, tuple)]
    return fitting[0] if fitting else annotation


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
