"""Simulate and recover: the fitted parameters, their intervals, and what refutes a fit."""

import numpy as np
import pytest

from conditions.errors import StudyError
from conditions.rig.luminance import CHANNELS, TOP
from conditions.rig.rig import Rig
from conditions.study.presentation import Presentation
from experiment.calibration.fit import fit_screen
from experiment.calibration.patches import Patch, Reading, sweep_patches
from experiment.calibration.photometers.simulated import SimulatedScreen
from experiment.calibration.summary import summarise, verification
from experiment.screen.correction import correction_for
from tests.experiment.calibrated import rig_of, sweep, verified

RUNS = 200


def truth(seed: int, **faults: float) -> SimulatedScreen:
    rng = np.random.default_rng(seed)
    gamma = tuple(rng.uniform(1.8, 2.6, 3))
    return SimulatedScreen(
        gamma=gamma, black=rng.uniform(0.1, 0.5), noise=0.01, seed=seed, **faults
    )


@pytest.mark.parametrize("faults", [{}, {"drift_per_hour": 0.1}, {"floor": 0.02}])
def test_intervals_hold_the_true_parameters(faults):
    """Gammas 1.8–2.6, offset, 1 % noise: of 200 runs, 90 % or more for every single parameter."""
    held: dict[tuple[str, str], int] = {}
    for seed in range(RUNS):
        screen = truth(seed, **faults)
        readings = sweep(screen, name=f"run-{seed}")
        fit = fit_screen(readings)
        # Luminance is told as at the last reading; drift changes offset and gain until then.
        last = 1 + screen.drift_per_hour * readings[-1].seconds / 3600
        for i, channel in enumerate(CHANNELS):
            true = {
                "offset": (screen.black + screen.ambient) * last,
                "gain": screen.gain[i] * last,
                "gamma": screen.gamma[i],
            }
            for name, value in true.items():
                found = getattr(fit.curves[channel], name)
                held[channel, name] = held.get((channel, name), 0) + (
                    found.low <= value <= found.high
                )
    shares = {key: count / RUNS for key, count in held.items()}
    assert min(shares.values()) >= 0.9, shares
    # Intervals so wide that they hold anything would pass the line above.
    assert max(shares.values()) < 1
    assert np.mean(list(shares.values())) == pytest.approx(0.95, abs=0.02)


def test_intervals_are_narrow():
    gamma = fit_screen(sweep(truth(1))).curves["green"].gamma
    assert 0.004 < gamma.high - gamma.low < 0.04


def test_noise_and_drift_are_found():
    fits = [fit_screen(sweep(truth(seed, drift_per_hour=0.2))) for seed in range(20)]
    hours = sweep(truth(0))[-1].seconds / 3600
    drift = 0.2 * hours / (1 + 0.2 * hours)
    assert np.mean([fit.noise for fit in fits]) == pytest.approx(0.01, rel=0.1)
    assert np.mean([fit.drift.value for fit in fits]) == pytest.approx(drift, rel=0.1)


def test_patches_cover_all_levels_in_an_order_that_time_cannot_explain():
    patches = sweep_patches(17, 2, "lab")
    each = [(p.channel, p.value) for p in patches]
    assert len(each) == 2 * 4 * 17 + 1
    assert all(each.count(pair) == (3 if pair == ("grey", 255) else 2) for pair in set(each))
    assert each[0] == each[68] == each[-1] == ("grey", 255)
    values = [value for _, value in each]
    assert abs(np.corrcoef(np.arange(len(values)), values)[0, 1]) < 0.2
    assert patches == sweep_patches(17, 2, "lab")
    assert patches != sweep_patches(17, 2, "other")
    assert {p.levels for p in patches if p.channel == "green"} == {
        (0, p.value, 0) for p in patches if p.channel == "green"
    }


def curved(level: int, channel: str) -> float:
    """An S-shaped screen, which no power law describes."""
    share = 1 / (1 + np.exp(-10 * (level / TOP - 0.5)))
    gain = {"red": 20.0, "green": 70.0, "blue": 8.0, "grey": 98.0}[channel]
    return 0.4 + gain * share


def readings_of(patches: list[Patch]) -> list[Reading]:
    rng = np.random.default_rng(0)
    return [
        Reading(p, curved(p.value, p.channel) * (1 + 0.002 * rng.normal()), 4.0 * i)
        for i, p in enumerate(patches)
    ]


@pytest.mark.parametrize(("sweeps", "share"), [(1, 0.02), (2, 0.01)])
def test_a_screen_without_a_power_law_is_corrected_by_its_readings(sweeps, share):
    found = summarise(readings_of(sweep_patches(17, sweeps, "s")), "LS100", False, None)
    assert found.curve == "table"
    assert found.misfit_percent > 3
    curve = found.curve_of(found.green)
    true = np.array([curved(level, "green") for level in range(256)])
    assert np.abs(curve - true).max() / 70 < share


def test_a_power_law_is_kept_where_it_holds():
    found = [rig_of(truth(seed)).luminance for seed in range(20)]
    assert {luminance.curve for luminance in found} == {"fit"}
    assert {luminance.sweeps for luminance in found} == {2}
    assert abs(np.mean([luminance.additivity_percent for luminance in found])) < 0.5
    assert np.mean([luminance.repeat_percent for luminance in found]) == pytest.approx(
        1.41, abs=0.1
    )


def test_channels_that_do_not_add_up_are_told():
    """White that is dimmer than its channels together, as where a panel limits its power."""
    dim = [
        Reading(r.patch, r.luminance * (0.9 if r.patch.channel == "grey" else 1), r.seconds)
        for r in sweep(truth(2))
    ]
    assert summarise(dim, "LS100", False, None).additivity_percent == pytest.approx(-10, abs=1.5)


def test_verification_says_how_far_the_correction_is_off():
    screen = truth(3)
    rig = rig_of(screen)
    good = correction_for(rig, Presentation())
    quiet = screen.model_copy(update={"noise": 0.0, "floor": 0.0})
    found = verification(rig.luminance, verified(quiet, good))
    assert found.worst_percent < 1
    assert found.readings == 2 * 4 * 7
    # The same rig on a screen that somebody has made darker and steeper since.
    changed = quiet.model_copy(update={"gamma": tuple(g + 0.4 for g in screen.gamma)})
    assert verification(rig.luminance, verified(changed, good)).worst_percent > 5


@pytest.mark.parametrize("times", [0.0, -1.0])
def test_readings_without_a_curve_are_refused(times):
    flat = [Reading(r.patch, 5.0 + times * r.patch.value / TOP, r.seconds) for r in sweep(truth(1))]
    with pytest.raises(StudyError, match=r"calibration"):
        summarise(flat, "LS100", False, None)


def test_too_few_readings_are_refused():
    with pytest.raises(StudyError, match="readings are too few"):
        fit_screen(sweep(truth(1))[:9])


def test_a_rig_survives_its_file(tmp_path):
    rig = rig_of(truth(4))
    again = Rig.model_validate_json(rig.model_dump_json())
    assert (again.luminance.curves() == rig.luminance.curves()).all()
