"""Meta-d′ by maximum likelihood, for many tables of counts at once."""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtri

STEPS, CLOSE = 100, 1e-6
# Beyond these, rounding leaves nothing of the areas under the curves.
WIDEST = 8.0
LARGEST_META_D = 8.0


@dataclass(frozen=True)
class MetaD:
    """Arrays of one value a table of counts; NaN where it could not be found.

    Attributes
    ----------
    d_prime, meta_d_prime : ndarray
        In units of a choice between two alternatives, as in
        :mod:`analysis.statistics.answering.sensitivity`.
    m_ratio : ndarray
        Meta-d′ / d′.
    """

    d_prime: np.ndarray
    meta_d_prime: np.ndarray
    m_ratio: np.ndarray


def fit_meta_d(counts: np.ndarray) -> MetaD:
    """Meta-d′: the sensitivity that would give the confidences, were they as good as the choices.

    Parameters
    ----------
    counts : ndarray, shape (…, 2, 2, levels)
        Trials by which image was the correct one (0 lower, 1 upper), which was chosen (in the same
        order), and confidence from the lowest to the highest.

    Returns
    -------
    MetaD
        NaN where an image was never the correct one, or never chosen, or all confidences are the
        same.

    Notes
    -----
    The model of Maniscalco and Lau (2012) with equal variances: evidence is normal around ± half
    of meta-d′; the criterion of the choice is at the same place relative to it as that of the
    choices themselves; criteria of confidence lie beyond it on either side. Meta-d′ and these
    criteria maximise the likelihood of the confidences given the choices. 1 / (2 levels) is added
    to each count, which adds the half trial of Hautus (1995) to each choice.

    The maximum is found by Fisher's scoring with a damped step (Levenberg-Marquardt), in all
    tables at once; the distances between criteria are exponentials, which keeps their order.

    References
    ----------
    Maniscalco, B., & Lau, H. (2012). A signal detection theoretic approach for estimating
    metacognitive sensitivity from confidence ratings. Consciousness and Cognition, 21(1), 422–430.
    """
    counts = np.asarray(counts, dtype=float)
    shape, levels = counts.shape[:-3], counts.shape[-1]
    counts = counts.reshape(-1, 2, 2, levels)
    chosen, shown = counts.sum((1, 3)), counts.sum((2, 3))
    rated = (counts.sum((1, 2)) > 0).sum(-1) > 1
    known = (chosen > 0).all(-1) & (shown > 0).all(-1) & rated
    padded = counts[known] + 1 / (2 * levels)
    upper = padded[:, :, 1].sum(-1) / padded.sum((2, 3))
    z = ndtri(upper)
    d, criterion = z[:, 1] - z[:, 0], -z.sum(-1) / 2
    found = {name: np.full(len(counts), np.nan) for name in ("d", "meta", "ratio")}
    found["d"][known] = d / np.sqrt(2)
    # Of choices at chance there is no relative place of the criterion, and no ratio.
    able = np.abs(d) > 1e-6
    relative = criterion[able] / d[able]
    meta = _maximise(padded[able], relative, d[able])
    index = np.flatnonzero(known)[able]
    found["meta"][index] = meta / np.sqrt(2)
    found["ratio"][index] = meta / d[able]
    d_prime, meta_d, ratio = (values.reshape(shape) for values in found.values())
    return MetaD(d_prime, meta_d, ratio)


def _maximise(counts: np.ndarray, relative: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Meta-d′ of each table, NaN where the steps have not come to rest."""
    levels = counts.shape[-1]
    # Meta-d', then for either choice the logarithms of the distances between its criteria.
    theta = np.full((len(counts), 1 + 2 * (levels - 1)), np.log(0.5))
    theta[:, 0] = np.clip(start, -LARGEST_META_D / 2, LARGEST_META_D / 2)
    damping, value = np.full(len(counts), 1e-2), _log_likelihood(theta, counts, relative)
    rest = np.zeros(len(counts), dtype=bool)
    for _ in range(STEPS):
        going = ~rest
        if not going.any():
            break
        at, n, place = theta[going], counts[going], relative[going]
        gradient, information = _derivatives(at, n, place)
        scale = damping[going, None] * np.einsum("ijj->ij", information)
        tried = information + np.einsum("ij,jk->ijk", scale + 1e-9, np.eye(at.shape[1]))
        step = np.linalg.solve(tried, gradient[..., None])[..., 0]
        new = np.clip(at + np.clip(step, -1, 1), -LARGEST_META_D, LARGEST_META_D)
        reached = _log_likelihood(new, n, place)
        better = reached >= value[going]
        gained = reached - value[going]
        index = np.flatnonzero(going)
        theta[index[better]], value[index[better]] = new[better], reached[better]
        damping[index] = np.where(better, damping[index] / 5, damping[index] * 5)
        still = np.abs(new - at).max(-1) < CLOSE
        rest[index] = (better & ((gained < CLOSE) | still)) | (damping[index] > 1e8)
    return np.where(rest, theta[:, 0], np.nan)


def _log_shares(theta: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Logarithm of the share of each confidence given image and choice, as counts are shaped."""
    tables, levels = len(theta), (theta.shape[1] - 1) // 2 + 1
    meta = theta[:, 0]
    criterion = np.clip(relative * meta, -WIDEST, WIDEST)
    distances = np.exp(theta[:, 1:]).reshape(tables, 2, levels - 1).cumsum(-1)
    logs = np.empty((tables, 2, 2, levels))
    for image, side in ((0, -1), (1, 1)):
        mean = side * meta / 2
        for choice, sign in ((0, -1), (1, 1)):
            # Distance of the choice's criterion from the evidence's mean, away from the mean.
            edge = (sign * (criterion - mean))[:, None]
            edges = np.concatenate([edge, edge + distances[:, choice]], axis=1)
            tails = log_ndtr(-edges)
            # Between two tails: log(exp(a) - exp(b)).
            between = np.log1p(-np.exp(np.minimum(tails[:, 1:] - tails[:, :-1], -1e-12)))
            logs[:, image, choice, :-1] = tails[:, :-1] + between - tails[:, :1]
            logs[:, image, choice, -1] = tails[:, -1] - tails[:, 0]
    return np.maximum(logs, -60.0)


def _log_likelihood(theta: np.ndarray, counts: np.ndarray, relative: np.ndarray) -> np.ndarray:
    return (counts * _log_shares(theta, relative)).sum((1, 2, 3))


def _derivatives(
    theta: np.ndarray, counts: np.ndarray, relative: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and expected information, by central differences of the logarithms of shares."""
    h = 1e-4
    slopes = []
    for i in range(theta.shape[1]):
        up, down = theta.copy(), theta.copy()
        up[:, i] += h
        down[:, i] -= h
        slopes.append((_log_shares(up, relative) - _log_shares(down, relative)) / (2 * h))
    slope = np.stack(slopes, axis=-1)
    expected = counts.sum(-1, keepdims=True) * np.exp(_log_shares(theta, relative))
    gradient = np.einsum("tijk,tijkp->tp", counts, slope)
    information = np.einsum("tijk,tijkp,tijkq->tpq", expected, slope, slope)
    return gradient, information


def shares_of_confidence(
    meta_d_prime: float, relative_criterion: float, distances: np.ndarray
) -> np.ndarray:
    """Share of each confidence given image and choice in the model, shape (2, 2, levels).

    Parameters
    ----------
    meta_d_prime : float
        As in :class:`MetaD`.
    relative_criterion : float
        Criterion of the choice in units of d′ (of a yes/no task).
    distances : ndarray, shape (2, levels - 1)
        Between one criterion and the next, of the lower and of the upper image.
    """
    theta = np.r_[meta_d_prime * np.sqrt(2), np.log(np.ravel(distances))][None]
    return np.exp(_log_shares(theta, np.array([relative_criterion])))[0]
