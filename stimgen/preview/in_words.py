"""Numbers and images in words, as a page shows and a screen reader says them."""

import math

# Beyond these powers of ten a number is written with an exponent.
SMALLEST, LARGEST = -4, 6


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits and a true minus sign; whole digits are kept.

    A missing number is a dash.

    >>> number(-0.04213), number(3.14159, 4), number(12345.6)
    ('−0.0421', '3.142', '12346')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    power = math.floor(math.log10(abs(value)))
    if SMALLEST <= power < LARGEST:
        text = f"{value:.{max(0, digits - 1 - power)}f}"
    else:
        text = f"{value:.{digits - 1}e}"
    return text.replace("-", "−")


def count(n: int, of: str) -> str:
    """How many there are of something.

    >>> count(1, "unit"), count(3000, "image")
    ('1 unit', '3,000 images')
    """
    return f"{n:,} {of}" + ("" if n == 1 else "s")
