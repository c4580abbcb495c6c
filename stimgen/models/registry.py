"""The registry of models: a family a module, found by the name in the study file."""

from pathlib import Path

import torch

from conditions.errors import StudyError
from stimgen.models.efficientnet import load_efficientnet_lite0
from stimgen.models.lucent import load_inceptionv1
from stimgen.models.model import Model
from stimgen.models.torchvision import load_torchvision, torchvision_names

_LOADERS = {
    "efficientnet_lite0": load_efficientnet_lite0,
    "inceptionv1": load_inceptionv1,
}


def load_model(name: str, weights: Path | None = None, device: str | None = None) -> Model:
    """Load a model of the registry, frozen and in evaluation mode.

    Parameters
    ----------
    name : str
        ``efficientnet_lite0``, ``inceptionv1``, or any torchvision classification model.
    weights : Path, optional
        A state-dict file (read with ``weights_only=True``); by default the model's own source.
    device : str, optional
        By default a GPU where there is one.

    Raises
    ------
    StudyError
        For an unknown name, and for weights that cannot be had or do not fit.
    """
    if name in _LOADERS:
        model = _LOADERS[name](weights)
    elif name in torchvision_names():
        model = load_torchvision(name, weights)
    else:
        raise StudyError(
            f"unknown model {name!r}; known: {', '.join(_LOADERS)} and torchvision's "
            "classification models (resnet50, vgg16, densenet121, …)"
        )
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    # Half the time of a pass of a small network on a CPU, and what tensor cores want.
    model.net.to(device).to(memory_format=torch.channels_last)
    return model
