"""Degrees of visual angle and pixels, for what lies around the centre of a flat screen.

An extent s that is seen frontally, centred, from a distance d takes an angle of 2·atan(s / 2d)
(Gescheider 1997, Psychophysics: the fundamentals). No small-angle approximation is made.
"""

import math


def pixels_of(degrees: float, distance_cm: float, pixel_cm: float) -> float:
    """Extent in pixels of a visual angle: 2·d·tan(angle / 2) over the size of a pixel.

    Parameters
    ----------
    degrees : float
        Visual angle, above 0 and below 180.
    distance_cm, pixel_cm : float
        Distance from the eye and size of a pixel, above 0.

    Examples
    --------
    >>> round(pixels_of(3.5, 57, 0.0277), 2)
    125.75
    """
    return 2 * distance_cm * math.tan(math.radians(degrees) / 2) / pixel_cm


def degrees_of(pixels: float, distance_cm: float, pixel_cm: float) -> float:
    """Visual angle in degrees of an extent in pixels; the inverse of :func:`pixels_of`.

    Examples
    --------
    >>> round(degrees_of(125.75, 57, 0.0277), 2)
    3.5
    """
    return math.degrees(2 * math.atan(pixels * pixel_cm / (2 * distance_cm)))
