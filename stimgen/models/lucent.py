"""Inception V1 as lucent has it: its weights are downloaded, or come from a file."""

from pathlib import Path

from conditions.files import sha256_of
from conditions.units.architectures import ARCHITECTURES
from stimgen.models.inception import InceptionV1
from stimgen.models.model import Layer, Model
from stimgen.models.weights import download, fill


def load_inceptionv1(weights: Path | None) -> Model:
    """The network with the weights of a file, or lucent's."""
    from lucent.modelzoo.inceptionv1.InceptionV1 import model_urls

    path = weights or download(model_urls["inceptionv1"])
    net = fill(InceptionV1(), path)
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
