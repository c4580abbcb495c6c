"""Pictures with the spectrum of photographs, and what can be wrong with them."""

import numpy as np

SIDE = 32


def cloudy(rng: np.random.Generator, count: int, channels: int = 3, side: int = SIDE) -> np.ndarray:
    """Images × channels × side × side, 0…1: amplitude falls with frequency, hues are near grey."""
    frequency = np.hypot(*np.meshgrid(*[np.fft.fftfreq(2 * side)] * 2))
    frequency[0, 0] = 0.5 / side
    noise = rng.normal(size=(count, channels, 2 * side, 2 * side))
    # Of twice the size: a photograph does not go on at its other side.
    values = np.fft.ifft2(np.fft.fft2(noise) / frequency).real[..., :side, :side]
    grey = values.mean(axis=1, keepdims=True)
    values = grey + 0.3 * (values - grey)
    return 1 / (1 + np.exp(-values / values.std()))


def with_corner(images: np.ndarray, colour: tuple[float, float, float]) -> np.ndarray:
    """The images with a blob of a colour in the upper left corner."""
    rows, columns = np.indices(images.shape[2:])
    blob = np.exp(-(rows**2 + columns**2) / (2 * 3.0**2))
    return images * (1 - blob) + np.array(colour)[:, None, None] * blob


def with_frame(images: np.ndarray, change: float, pixels: int = 2) -> np.ndarray:
    """The images, or maps, with a frame that is brighter by so much."""
    framed = images + change
    inside = (..., slice(pixels, -pixels), slice(pixels, -pixels))
    framed[inside] = images[inside]
    return framed
