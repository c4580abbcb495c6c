"""A layer of a network of stimgen's registry: the one module of this room that needs torch."""

from pathlib import Path

import numpy as np
from PIL import Image

from conditions.errors import StudyError
from conditions.provenance.facts import versions
from experiment.observers.embeddings.embedding import OBSERVER, VectorEmbedding

# Deep enough for what an image shows, short of the layers that only tell classes apart.
DEPTH = 0.75


def network(name: str, weights: Path | None = None) -> VectorEmbedding:
    """Channel means of a layer, before an activation function where there is one.

    Parameters
    ----------
    name : str
        A model of the registry, or one and after a colon its layer (``python -m stimgen layers
        NAME`` lists them); by default the one three quarters down the network.
    weights : Path, optional
        State-dict file; by default the model's own source.

    Raises
    ------
    StudyError
        Where torch is not installed, for an unknown model or layer, and for weights that cannot be
        had.
    """
    try:
        import torch

        from stimgen.activations import activations_of, as_tensor
        from stimgen.models.registry import load_model, model_and_layer
    except ModuleNotFoundError as error:
        raise StudyError(
            f"embedding {name}: {error.name} is not installed here; networks need the packages of "
            "requirements.txt. Without them there are pixels, statistics and oracle"
        ) from error
    named, layer = model_and_layer(name)
    model = load_model(named, weights)
    layers = model.different_layers()
    chosen = model.layer(layer or layers[int(DEPTH * len(layers))].name).name

    def embed(images: list[Image.Image]) -> np.ndarray:
        stacked = torch.stack([as_tensor(image) for image in images]).to(model.device)
        with torch.inference_mode():
            return activations_of(model, stacked, {chosen: None})[chosen].cpu().numpy()

    facts = {
        "model": model.name,
        "layer": chosen,
        "weights_source": model.weights_source,
        "weights_sha256": model.weights_sha256,
        "device": model.device.type,
        "versions": versions(("torch",)),
    }
    return VectorEmbedding(f"{model.name}:{chosen}", OBSERVER, facts, embed)
