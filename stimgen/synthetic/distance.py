"""How far images are from one another in a layer."""

import torch


def squared_distances(maps: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Squared Euclidean distances of pairs of images, over all channels and positions.

    Parameters
    ----------
    maps, others : Tensor
        N × channels × rows × columns, of the same layer.

    Returns
    -------
    Tensor
        N values; differentiable.
    """
    return (maps - others).square().flatten(1).sum(1)


def mean_squared_distance(maps: torch.Tensor) -> float:
    """Mean squared distance between two different images, over all pairs of them.

    It is twice their variance: no pair need be compared. Two images at least.
    """
    values = maps.double().flatten(1)
    return float(2 * (values - values.mean(0)).square().sum() / (len(values) - 1))
