"""Random numbers by name, so that adding a unit or a participant changes nobody else's draw."""

from zlib import crc32

import numpy as np


def named_sequence(study_seed: int, name: str) -> np.random.SeedSequence:
    """The seed sequence of one named draw of a study.

    Parameters
    ----------
    study_seed : int
        The study file's ``seed``, 0 or greater.
    name : str
        What is drawn, for example ``"participant-003/natural/units"``.

    Notes
    -----
    The entropy is ``[study_seed, crc32(name)]``: it depends on nothing but these two.
    """
    return np.random.SeedSequence([study_seed, crc32(name.encode())])


def named_rng(study_seed: int, name: str) -> np.random.Generator:
    """A numpy generator for one named draw, see :func:`named_sequence`."""
    return np.random.default_rng(named_sequence(study_seed, name))


def named_integer(study_seed: int, name: str) -> int:
    """A 63-bit integer seed (for torch) for one named draw, see :func:`named_sequence`."""
    return int(named_sequence(study_seed, name).generate_state(1, np.uint64)[0] >> 1)
