"""A sheet of sets of images, for looking at what was compared."""

from pathlib import Path

import matplotlib.pyplot as plt
import torch


def draw(sets: dict[str, torch.Tensor], file: Path) -> None:
    """Draw a row of images (count × 3 × side × side, 0…1) for each set, with its name beside it."""
    count = max(len(images) for images in sets.values())
    figure, axes = plt.subplots(
        len(sets), count, figsize=(count * 1.5, len(sets) * 1.6), squeeze=False
    )
    for line, (name, images) in zip(axes, sets.items(), strict=True):
        for place, image in zip(line, images, strict=True):
            place.imshow(image.permute(1, 2, 0).numpy())
            place.set_xticks([])
            place.set_yticks([])
        line[0].set_ylabel(name)
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    plt.close(figure)
