"""Where the images of a kind lie, relative to the study folder."""


def batch_image(
    name: str, unit: str, batch: int, pole: str, rank: int, set_of: int | None = None
) -> str:
    """Path of a photograph of the pool, or of what is made of one.

    Parameters
    ----------
    name : str
        The study's name of the kind.
    unit, batch, pole, rank
        Which image it is; the rank is the bin, from 0.
    set_of : int, optional
        Images a pole and batch of a set other than the study's main one, as in
        ``stimuli/natural/UNIT/sets_of_2/batch_07/max_1.png``.

    Examples
    --------
    >>> batch_image("natural", "mixed4a_0427", 7, "max", 3)
    'stimuli/natural/mixed4a_0427/batch_07/max_3.png'
    """
    folder = unit if set_of is None else f"{unit}/sets_of_{set_of}"
    return f"stimuli/{name}/{folder}/batch_{batch:02d}/{pole}_{rank}.png"


def unit_image(name: str, unit: str, pole: str, rank: int) -> str:
    """Path of an image that belongs to a unit, whatever photographs are beside it.

    >>> unit_image("fourier", "mixed4a_0427", "min", 0)
    'stimuli/fourier/mixed4a_0427/min_0.png'
    """
    return f"stimuli/{name}/{unit}/{pole}_{rank}.png"


def renamed(path: str, name: str) -> str:
    """The path of an image of another kind that is made of this one.

    >>> renamed("stimuli/natural/mixed4a_0427/batch_07/max_3.png", "crops")
    'stimuli/crops/mixed4a_0427/batch_07/max_3.png'
    """
    stimuli, _, rest = path.split("/", 2)
    return f"{stimuli}/{name}/{rest}"
