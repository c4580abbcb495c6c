"""The optimisation of one unit's images for one pole."""

from collections.abc import Callable

import torch

from conditions.study import ImageSize, SyntheticImages
from stimgen.activations import layer_maps
from stimgen.models import Model
from stimgen.synthetic.fourier import FourierImages
from stimgen.synthetic.objective import UnitObjective
from stimgen.synthetic.transformations import random_affine, transform


def optimise(
    model: Model,
    layer: str,
    objective: UnitObjective,
    recipe: SyntheticImages,
    size: ImageSize,
    seed: int,
    on_step: Callable[[], None] = lambda: None,
) -> torch.Tensor:
    """Optimise a set of images together.

    Parameters
    ----------
    model : Model
        The network.
    layer : str
        The unit's layer.
    objective : UnitObjective
        The unit's channel, the pole and the weight of diversity.
    recipe : SyntheticImages
        Number of images, steps, learning rate, padding.
    size : ImageSize
        ``crop`` is the side of the result.
    seed : int
        Decides initial images and transformations; nothing else does.
    on_step : callable, optional
        Called after every step.

    Returns
    -------
    Tensor
        images × 3 × crop × crop, 0…1, on the CPU; the padding is cut off.

    Raises
    ------
    FloatingPointError
        Where the loss stops being a number.
    """
    generator = torch.Generator().manual_seed(seed)
    side = size.crop + 2 * recipe.padding
    parameters = FourierImages(recipe.images, side, generator, model.device)
    optimiser = torch.optim.Adam([parameters.spectrum], lr=recipe.learning_rate)
    for step in range(recipe.steps):
        optimiser.zero_grad()
        seen = transform(parameters.images(), random_affine(generator, side))
        loss = objective.loss(layer_maps(model, seen, [layer])[layer])
        if not torch.isfinite(loss):
            raise FloatingPointError(f"loss is {loss.item()} in step {step}")
        loss.backward()
        optimiser.step()
        on_step()
    with torch.no_grad():
        images = parameters.images().cpu()
    border = recipe.padding
    return images[..., border : border + size.crop, border : border + size.crop]
