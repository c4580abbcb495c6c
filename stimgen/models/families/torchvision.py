"""Classification models of torchvision, built and filled as torchvision does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conditions.errors import StudyError
from stimgen.models.families.preprocess import standardised
from stimgen.models.network import Network
from stimgen.models.weights.downloads import downloaded_weights
from stimgen.models.weights.files import Tensors, read_weights
from stimgen.models.weights.filling import bare, built, built_blank, state_hash


def torchvision_names() -> list[str]:
    """Names of the classification models."""
    # Its import takes as long as PyTorch's own, and other networks do without.
    from torchvision import models

    return models.list_models(module=models)


def load_torchvision(name: str, weights: Path | None, blank: bool = False) -> Network:
    """A classification model with the weights of a file, or its newest published ones.

    The network is that which the published weights are for, however they come: its input and its
    heads are the same, and names of tensors that torchvision has since changed are known.

    Parameters
    ----------
    name : str
        As in ``torchvision.models.list_models``.
    weights : Path, optional
        In place of a download. Where the file has the name of one of several published files of
        this model, the network is that file's.
    blank : bool
        Only the architecture: its weights are random, nothing is read or fetched.

    Raises
    ------
    StudyError
        For weights that cannot be had, and those that do not fit.
    """
    from torchvision.models import get_model, get_model_weights

    published = get_model_weights(name)
    entry = _entry(published, weights)

    def make() -> Any:
        return get_model(name, weights=entry)

    if blank:
        source = "random weights"
        with _given(published, {}):
            net = built_blank(make)
    else:
        source = str(weights or entry.url)
        tensors = bare(read_weights(weights)) if weights else downloaded_weights(entry.url)
        try:
            with _given(published, tensors):
                net = built(make, source)
        except StudyError as error:
            others = [_file_of(other) for other in published if _side_of(other) != _side_of(entry)]
            if weights is None or not others:
                raise
            raise StudyError(
                f"{error}; it was taken for {_file_of(entry)}: others are known by their name "
                f"({', '.join(others)})"
            ) from error
    transforms = entry.transforms()
    return Network(
        name,
        net,
        standardised(transforms.mean, transforms.std),
        source,
        state_hash(net),
        _side_of(entry),
        # The one network that torchvision says to show images of another size than others.
        only_side=name == "inception_v3",
        weights_file=weights.expanduser() if weights and not blank else None,
    )


def _entry(published: Any, weights: Path | None) -> Any:
    if weights is not None:
        for entry in published:
            # Copies and conversions keep the stem: "… (1).pth", "….safetensors".
            if Path(_file_of(entry)).stem in weights.name:
                return entry
    return published.DEFAULT


def _side_of(entry: Any) -> int:
    return entry.transforms().crop_size[0]


def _file_of(entry: Any) -> str:
    return entry.url.rsplit("/", 1)[1]


@contextmanager
def _given(published: Any, tensors: Tensors) -> Iterator[None]:
    """While a builder runs, these tensors are what it gets as published."""
    published.get_state_dict = lambda *_, **__: tensors
    try:
        yield
    finally:
        del published.get_state_dict
