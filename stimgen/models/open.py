"""The network of a study, with the study's own readouts."""

from dataclasses import replace

import torch

from conditions.errors import StudyError
from conditions.study.readouts import ReadoutChoice, Token, TopK
from conditions.study.study import Study
from stimgen.layers.layer import Layer
from stimgen.models.model import Model
from stimgen.models.registry import load_model
from stimgen.readouts.dictionary import Dictionary, load_dictionary
from stimgen.readouts.pooling import Pooling
from stimgen.readouts.readout import Readout


def open_model(study: Study, device: str | None = None) -> Model:
    """Load a study's network and what its readouts need.

    Raises
    ------
    StudyError
        See :func:`~stimgen.models.registry.load_model`; and where the network does not take the
        study's images, or a readout does not fit it: names the field.
    """
    model = load_model(study.model.name, study.model.weights, device)
    model.check_side(study.image.crop, "image.crop")
    return with_readouts(model, study.readouts, study.image.crop)


def with_absolute_files(study: Study) -> Study:
    """The same study, whose network is found from any working directory."""
    weights = study.model.weights and study.model.weights.expanduser().resolve()
    readouts = {
        name: choice.model_copy(update={"map": choice.map and choice.map.expanduser().resolve()})
        for name, choice in study.readouts.items()
    }
    model = study.model.model_copy(update={"weights": weights})
    return study.model_copy(update={"model": model, "readouts": readouts})


def with_readouts(model: Model, choices: dict[str, ReadoutChoice], side: int) -> Model:
    """A model with readouts of a study, whose images are shown at ``side`` pixels.

    Raises
    ------
    StudyError
        Names the readout and the field that does not fit.
    """
    readouts = {}
    for name, choice in choices.items():
        try:
            readouts[name] = _readout(model, name, choice, side)
        except StudyError as error:
            raise StudyError(f"readouts.{name}: {error}") from error
    return replace(model, readouts=readouts)


def _readout(model: Model, name: str, choice: ReadoutChoice, side: int) -> Readout:
    if name in model.layers:
        raise StudyError(f"model {model.name} has a layer of that name; give it a name of its own")
    layer = model.layer(choice.layer)
    return Readout(
        name, layer, _pooling(model, layer, choice, side), _dictionary(model, layer, choice)
    )


def _dictionary(model: Model, layer: Layer, choice: ReadoutChoice) -> Dictionary | None:
    if choice.map is None:
        return None
    after = choice.activation.topk if isinstance(choice.activation, TopK) else choice.activation
    found = load_dictionary(choice.map, after, choice.subtract_bias)
    if found.channels != layer.channels:
        turned = ": transpose them" if found.units == layer.channels else ""
        raise StudyError(
            f"map {choice.map}: weights are {found.units} units × {found.channels} channels, but "
            f"layer {layer.name} has {layer.channels} channels{turned}"
        )
    return found.to(model.device)


def _pooling(model: Model, layer: Layer, choice: ReadoutChoice, side: int) -> Pooling:
    pooling, layout = choice.pooling, layer.layout
    if pooling == "mean" or pooling == "max":
        return Pooling(pooling)
    if isinstance(pooling, Token):
        if pooling.place >= len(layout.prefix):
            there = ["class", *(f"register_{i}" for i in range(1, len(layout.prefix)))]
            raise StudyError(
                f"pooling: layer {layer.name} has no token {pooling.token!r}; beside its patches "
                f"it has {', '.join(there[: len(layout.prefix)]) or 'none'}"
            )
        return Pooling("token", token=pooling.place)
    if not layout.has_grid:
        raise StudyError(
            f"pooling: found {pooling!r}, but the values of layer {layer.name} ({layout}) have no "
            "place in the image: wanted mean or max"
        )
    if pooling == "centre":
        return Pooling("position")
    rows, columns = _size(model, layer, side)
    row, column = pooling
    if row >= rows or column >= columns:
        raise StudyError(
            f"pooling: found [{row}, {column}], but the map of layer {layer.name} has {rows} rows "
            f"and {columns} columns for images of {side} px, counted from 0"
        )
    return Pooling("position", ((row + 0.5) / rows, (column + 0.5) / columns))


def _size(model: Model, layer: Layer, side: int) -> tuple[int, int]:
    """Rows and columns of a layer's map for the images of the study."""
    images = model.fitted(torch.zeros(1, 3, side, side, device=model.device))
    with torch.inference_mode():
        values = model.reader.read(model.net, model.preprocess(images), [layer])[0]
    rows, columns = layer.layout.maps(values).shape[2:]
    return rows, columns
