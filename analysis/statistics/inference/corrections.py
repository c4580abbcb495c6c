"""P values of several tests, corrected for their number."""

import numpy as np
import pingouin


def corrected(p_values: np.ndarray, correction: str, number: int = 0) -> np.ndarray:
    """P values of a family, corrected for their number, but for the declared one at least.

    NaN stays NaN; of questions without a p value those count that are declared.
    """
    found, known = np.full(len(p_values), np.nan), ~np.isnan(p_values)
    if correction == "none" or not known.any():
        return p_values.copy()
    method = {"holm": "holm", "bonferroni": "bonf"}[correction]
    n = int(known.sum())
    family = np.concatenate([p_values[known], np.ones(max(0, number - n))])
    found[known] = pingouin.multicomp(family, method=method)[1][:n]
    return found
