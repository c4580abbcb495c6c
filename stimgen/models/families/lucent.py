"""Inception V1 as lucent has it: its weights are downloaded, or come from a file."""

from pathlib import Path

from conditions.units.architectures import ARCHITECTURES
from stimgen.layers.layer import Layer
from stimgen.models.families.inception import InceptionV1
from stimgen.models.network import Network
from stimgen.models.weights.downloads import download, downloaded_weights
from stimgen.models.weights.filling import fill, freeze, put, state_hash

SIDE = 224


def load_inceptionv1(name: str, weights: Path | None, blank: bool = False) -> Network:
    """The network with the weights of a file, or lucent's.

    Parameters
    ----------
    name : str
        As in the study file: ``inceptionv1``.
    weights : Path, optional
        In place of lucent's, with the names that its tensors have there.
    blank : bool
        Only the architecture: its weights are random, nothing is read or fetched.

    Raises
    ------
    StudyError
        For weights that cannot be had, and those that do not fit.
    """
    from lucent.modelzoo.inceptionv1.InceptionV1 import model_urls

    net = InceptionV1()
    url = model_urls["inceptionv1"]
    file = None
    if blank:
        freeze(net)
        source = "random weights"
    elif weights:
        fill(net, weights)
        file, source = weights.expanduser(), str(weights)
    else:
        put(net, downloaded_weights(url), url)
        file, source = download(url), url
    return Network(
        name,
        net,
        lambda x: x * 255 - 117,
        source,
        state_hash(net),
        SIDE,
        weights_file=file,
    )


def inception_layers() -> dict[str, Layer]:
    """Its layers, before ReLU: all branches of a module, and which channels are whose."""
    return {
        name: Layer(
            name,
            known.channels,
            tuple(f"{name}_{part}_pre_relu_conv" for part in ("1x1", "3x3", "5x5", "pool_reduce")),
            branches=known.branches,
        )
        for name, known in ARCHITECTURES["inceptionv1"].items()
    }
