"""How much fine detail images have.

An optimisation can end in patterns of single pixels, which drive a network and are no pattern to
a person. Photographs have little power at high frequencies: it falls with the square of the
frequency (Field, 1987). So the share of what is finer than four pixels a cycle is compared.
"""

import numpy as np

# Cycles a pixel, half of the highest along a row.
FINE = 0.25
# Rec. 709: what R, G and B add to the luminance.
LUMINANCE = (0.2126, 0.7152, 0.0722)


def fine_detail(images: np.ndarray) -> np.ndarray:
    """The share of the luminance's energy above a quarter of a cycle a pixel.

    Parameters
    ----------
    images : ndarray
        Images × 3 × side × side, 0…1.

    Returns
    -------
    ndarray
        A share for each image, 0…1; 0 for an image of one colour.

    Notes
    -----
    Of luminance less its mean, in a Hann window: without one, the jump from the right border to the
    left would count as fine detail. Frequencies are radial.
    """
    side = images.shape[-1]
    window = np.hanning(side + 2)[1:-1]
    weights = np.outer(window, window)
    grey = np.tensordot(images, np.array(LUMINANCE), axes=(1, 0))
    # The weighted mean: nothing but detail is left in the window.
    mean = (grey * weights).sum((1, 2), keepdims=True) / weights.sum()
    energy = np.abs(np.fft.rfft2((grey - mean) * weights)) ** 2
    # Of the two frequencies that a real image has in common rfft2 leaves one out.
    energy[..., 1 : (side + 1) // 2] *= 2
    radius = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    total = energy.sum((1, 2))
    fine = energy[:, radius > FINE].sum(1)
    return np.divide(fine, total, out=np.zeros_like(total), where=total > 1e-9 * side**2)
