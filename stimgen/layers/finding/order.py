"""Whether tokens lie in the order of reading: told by where a change of the image shows."""

from collections.abc import Sequence

import torch


def halves(side: int) -> torch.Tensor:
    """An image of noise, the same with another upper half, and with another left half."""
    one = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    images = one.repeat(3, 1, 1, 1)
    images[1, :, : side // 2] = 1 - images[1, :, : side // 2]
    images[2, :, :, : side // 2] = 1 - images[2, :, :, : side // 2]
    return images


def changes(value: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """How much a value with two axes changes with each half: along its second, along its first."""
    difference = (value[1:] - value[:1]).abs().float()
    return difference.mean(1), difference.mean(2)


def out_of_order(changed: torch.Tensor, patches: Sequence[int], side: int) -> bool | None:
    """Whether patches are not in the order of reading, or None where that cannot be told.

    Parameters
    ----------
    changed : Tensor
        2 × tokens, see :func:`changes`: with the upper half, with the left half.
    patches : sequence of int
        Which of the tokens are patches.
    side : int
        Patches a row.
    """
    told: list[bool] = []
    for half, of_half in enumerate(changed[:, list(patches)]):
        grid = of_half.unflatten(0, (side, side))
        grid = grid.T if half else grid
        quarter = -(-side // 4)
        # Tokens that have exchanged what they know all change: then nothing is told.
        if of_half.sort().values[: len(patches) // 4].mean() < 0.01 * of_half.max():
            told.append(bool(grid[-quarter:].mean() > grid[:quarter].mean() / 4))
    return any(told) if told else None
