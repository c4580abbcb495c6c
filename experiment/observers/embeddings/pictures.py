"""Embeddings that need no network: the floor that a better observer has to beat."""

import numpy as np
from PIL import Image

from experiment.observers.embeddings.embedding import FLOOR, VectorEmbedding

SIDE = 64
BANDS, ORIENTATIONS = 6, 4


def pixels() -> VectorEmbedding:
    """The image's own pixels, shrunk to 64 × 64 by area: 12 288 dimensions."""
    return VectorEmbedding("pixels", FLOOR, {"side_px": SIDE}, _as_pixels)


def statistics() -> VectorEmbedding:
    """Colours and spatial frequencies, wherever in the image they are: 33 dimensions.

    Means, standard deviations and correlations of the three colour channels, and the logarithm of
    the power of the luminance in six octaves by four orientations. Each dimension is scaled by
    its standard deviation over the session's images.
    """
    facts = {"octaves": BANDS, "orientations": ORIENTATIONS}
    return VectorEmbedding("statistics", FLOOR, facts, _as_statistics, scaled=True)


def _as_pixels(images: list[Image.Image]) -> np.ndarray:
    small = [image.resize((SIDE, SIDE), Image.Resampling.BOX) for image in images]
    return np.stack([np.asarray(image, dtype=np.float32).ravel() for image in small])


def _as_statistics(images: list[Image.Image]) -> np.ndarray:
    return np.stack([np.r_[_colours(image), _frequencies(image)] for image in images])


def _colours(image: Image.Image) -> np.ndarray:
    channels = np.asarray(image, dtype=float).reshape(-1, 3) / 255
    centred = channels - channels.mean(0)
    spread = centred.std(0)
    products = (centred[:, [0, 0, 1]] * centred[:, [1, 2, 2]]).mean(0)
    # Channels without variance have no correlation.
    norms = spread[[0, 0, 1]] * spread[[1, 2, 2]]
    return np.r_[channels.mean(0), spread, products / np.where(norms > 0, norms, 1)]


def _frequencies(image: Image.Image) -> np.ndarray:
    """Log power of the luminance by octave (the highest first) and orientation."""
    luminance = np.asarray(image.convert("L"), dtype=float) / 255
    height, width = luminance.shape
    # A window keeps the edges of the picture from looking like structure.
    window = np.outer(np.hanning(height), np.hanning(width))
    power = np.abs(np.fft.rfft2((luminance - luminance.mean()) * window)) ** 2
    vertical, horizontal = np.meshgrid(
        np.fft.fftfreq(height), np.fft.rfftfreq(width), indexing="ij"
    )
    radius = np.hypot(vertical, horizontal)
    angle = np.mod(np.arctan2(vertical, horizontal), np.pi)
    octave = np.floor(np.log2(0.5 / np.where(radius > 0, radius, np.inf).clip(1e-9, 0.5)))
    sector = np.round(angle / (np.pi / ORIENTATIONS)) % ORIENTATIONS
    bands = [
        power[(octave == o) & (sector == s) & (radius > 0)].sum()
        for o in range(BANDS)
        for s in range(ORIENTATIONS)
    ]
    return np.log(np.array(bands) / power.size + 1e-6)
