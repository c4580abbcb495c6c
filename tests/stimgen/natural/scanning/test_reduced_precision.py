"""Reduced precision that leaves the finite numbers is not used, or computed again."""

import numpy as np
import pytest
import torch

from stimgen.natural.scanning.activations import columns_of, unit_activations
from stimgen.natural.scanning.agreement import disagreement
from stimgen.natural.scanning.extremes import NONE
from stimgen.natural.step import make_natural
from stimgen.pool.loader import load_batches
from tests.stimgen.natural.scanning.broken import (
    OVERFLOWS,
    SIZE,
    UNITS,
    network,
    scanned,
    study,
)


def test_an_image_that_overflows_reduced_precision_is_computed_again(pool, tmp_path):
    full = scanned(pool, tmp_path)
    reduced = scanned(pool, tmp_path, autocast=True)
    columns = columns_of(UNITS)
    batch = next(iter(load_batches(pool, SIZE, 32, workers=0)))
    values = unit_activations(network(), batch.pixels, columns, True)[:, OVERFLOWS]
    assert values.isinf().sum() >= 10, "or nothing overflows"
    assert (reduced.extremes.not_finite_images[:, OVERFLOWS] == NONE).all()
    for name in ("high_images", "high"):
        np.testing.assert_allclose(
            getattr(reduced.extremes, name)[:, OVERFLOWS],
            getattr(full.extremes, name)[:, OVERFLOWS],
        )


def test_reduced_precision_that_overflows_is_not_used(reddish, tmp_path, capsys):
    folder = study(tmp_path, reddish, [OVERFLOWS])
    make_natural(folder, network(), workers=0, autocast=True)
    words = "autocast: gives activations that are not finite, where full precision gives finite "
    assert f"{words}ones: not used" in capsys.readouterr().out


def test_units_that_are_constant_or_broken_do_not_decide_about_precision():
    full = torch.randn(50, 4, generator=torch.Generator().manual_seed(1))
    full[:, 1] = 0.3
    full[:, 2] = torch.nan
    full[::2, 3] = torch.inf
    reduced = full.clone()
    reduced[:, 1] = 0.2998
    assert disagreement(full, reduced) == (0.0, pytest.approx(1.0))
    reduced[1, 3] += 1
    assert 0.1 < disagreement(full, reduced)[0] < 1
    reduced[0, 0] = torch.nan
    assert disagreement(full, reduced)[0] == torch.inf
    assert np.isnan(disagreement(full[:, 1:3], reduced[:, 1:3])).all()
