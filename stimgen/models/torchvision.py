"""Classification models of torchvision, with the layers that a pass through them shows."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from conditions.errors import StudyError
from conditions.files import sha256_of
from stimgen.models.model import Layer, Model
from stimgen.models.weights import fill, freeze, state_hash


def torchvision_names() -> list[str]:
    """Names of the classification models."""
    # Its import takes as long as PyTorch's own, and other networks do without.
    from torchvision import models

    return models.list_models(module=models)


def load_torchvision(name: str, weights: Path | None) -> Model:
    """A classification model with the weights of a file, or its newest published ones."""
    from torchvision.models import get_model, get_model_weights

    chosen = get_model_weights(name).DEFAULT
    if weights:
        net, source = fill(get_model(name, weights=None), weights), str(weights)
    else:
        try:
            net, source = freeze(get_model(name, weights=chosen)), chosen.url
        except OSError as error:
            raise StudyError(
                f"cannot download the weights of {name} from {chosen.url}: {error}; fetch the "
                "file elsewhere and name it as model.weights in the study file"
            ) from error
    transforms = chosen.transforms()
    mean = torch.tensor(transforms.mean)[:, None, None]
    sd = torch.tensor(transforms.std)[:, None, None]
    return Model(
        name,
        net,
        lambda x: (x - mean.to(x)) / sd.to(x),
        _discover_layers(net),
        source,
        sha256_of(weights) if weights else state_hash(net),
    )


_ACTIVATION_FUNCTIONS = (nn.ReLU, nn.ReLU6, nn.SiLU, nn.GELU, nn.Hardswish)


def _discover_layers(net: nn.Module) -> dict[str, Layer]:
    """Every submodule that gives one map a channel, in the order of the forward pass."""
    layers: dict[str, Layer] = {}
    calls: dict[str, int] = {}

    def record(name: str, module: nn.Module) -> Callable[[nn.Module, tuple, object], None]:
        def hook(_: nn.Module, inputs: tuple, output: object) -> None:
            calls[name] = calls.get(name, 0) + 1
            if isinstance(output, torch.Tensor) and output.dim() == 4:
                takes_input = isinstance(module, _ACTIVATION_FUNCTIONS)
                layers[name] = Layer(name, output.shape[1], (name,), takes_input)

        return hook

    handles = [
        module.register_forward_hook(record(name, module))
        for name, module in net.named_modules()
        if name
    ]
    with torch.no_grad():
        net(torch.zeros(1, 3, 224, 224))
    for handle in handles:
        handle.remove()
    # A module that is called several times a pass has no single activation.
    return {name: layer for name, layer in layers.items() if calls[name] == 1}
