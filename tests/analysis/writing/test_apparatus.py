"""The paragraph on the apparatus: what sessions' rig files say, in words and numbers."""

from datetime import date

import pytest
import yaml

from analysis.data.sessions.rigs import session_rigs
from analysis.data.study import load_study
from analysis.writing.apparatus import apparatus_paragraphs
from analysis.writing.report import methods_text
from conditions.errors import StudyError
from conditions.files import write_json
from tests.analysis.simulated import simulate_study

FACTS = {
    "screen_px": [1920, 1080],
    "image_px": 224,
    "image_file_px": 224,
    "refresh_hz": 59.95,
    "refresh_measured": True,
    "transfer": "srgb",
    "dithered": False,
    "levels_left": [246, 244, 245],
}
LEVELS = (0, 64, 128, 191, 255)
GAMMA = {"red": 2.19, "green": 2.1, "blue": 2.3}


def estimate(value: float, half: float) -> dict:
    return {"value": value, "low": value - half, "high": value + half}


def channel(gain: float, gamma: float) -> dict:
    return {
        "readings": {level: 0.4 + gain * (level / 255) ** gamma for level in LEVELS},
        "fit": {
            "offset": estimate(0.4, 0.01),
            "gain": estimate(gain, 0.2),
            "gamma": estimate(gamma, 0.01),
        },
    }


def calibrated() -> dict:
    gains = {"red": 21.0, "green": 70.0, "blue": 7.5}
    return {
        "name": "lab",
        "resolution": [1920, 1080],
        "width_cm": 53.1,
        "distance_cm": 57.0,
        "calibrated_on": date(2026, 11, 1),
        "luminance": {
            "photometer": "Minolta LS-100",
            "ambient": 0.15,
            "curve": "fit",
            "verification": {
                "worst_percent": 0.71,
                "rms_percent": 0.3,
                "worst_at": "grey 232",
                "readings": 56,
            },
            **{name: channel(gain, GAMMA[name]) for name, gain in gains.items()},
        },
    }


def session(root, number: int, rig: dict | None, facts: dict = FACTS):
    folder = root / f"sub-{number:03d}"
    folder.mkdir(parents=True, exist_ok=True)
    if rig is not None:
        (folder / "rig.yaml").write_text(yaml.safe_dump(rig), encoding="utf-8")
    write_json(folder / "session.json", facts)
    return folder


def paragraphs(root, *rigs_and_facts) -> list[str]:
    sessions, facts = {}, {}
    for number, (rig, its_facts) in enumerate(rigs_and_facts, start=1):
        sessions[number] = session(root, number, rig, its_facts)
        facts[number] = its_facts
    return apparatus_paragraphs(session_rigs(sessions, facts))


def test_a_calibrated_rig_is_told_with_all_its_numbers(tmp_path):
    (found,) = paragraphs(tmp_path, (calibrated(), FACTS), (calibrated(), FACTS))
    for words in (
        "Apparatus. Images were shown on a screen of 1920 × 1080 pixels, 53.1 cm wide, at a "
        "viewing distance of 57 cm (36.0 pixels per degree of visual angle at the centre), with a "
        "refresh rate of 59.95 Hz (measured).",
        "They were 224 × 224 pixels (6.22° of visual angle to a side).",
        "Luminance was measured on 2026-11-01 (Minolta LS-100) and went from 0.4 to 98.9 cd/m², "
        "room light included (the switched-off screen: 0.15 cd/m²), with gammas of "
        "2.19 [2.18, 2.20], 2.10 [2.09, 2.11] and 2.30 [2.29, 2.31] for red, green and blue "
        "(95 % intervals).",
        "A look-up table for each channel made luminance follow the sRGB transfer function "
        "(246, 244 and 245 of 256 levels left); 56 fresh readings were at most 0.71 % of the range "
        "off.",
    ):
        assert words in found


def test_an_uncalibrated_rig_is_told_as_such(tmp_path):
    (found,) = paragraphs(tmp_path, ({"name": "any"}, {"screen_px": [1920, 1080]}))
    assert found == (
        "Apparatus. Images were shown on a screen of 1920 × 1080 pixels with a refresh rate of "
        "60 Hz (not measured); its size and the viewing distance were not recorded. The screen was "
        "not calibrated: pixel values were shown as they are."
    )


def test_transfer_resampling_and_simulation_are_told(tmp_path):
    rig = calibrated()
    rig["luminance"]["simulated"] = True
    facts = FACTS | {"transfer": "linear", "dithered": True, "image_px": 126}
    (found,) = paragraphs(tmp_path, (rig, facts))
    assert "(3.50° of visual angle to a side), resampled from 224 pixels with a Lanczos" in found
    assert "a simulation, of no real screen" in found
    assert "made luminance proportional to pixel values" in found
    assert "with seeded dithering" in found
    (found,) = paragraphs(tmp_path, (rig, FACTS | {"transfer": "none"}))
    assert found.endswith("Pixel values were shown as they are.")


def test_rigs_that_differ_are_told_apart(tmp_path):
    moved = calibrated() | {"distance_cm": 70.0}
    drifted = FACTS | {"refresh_hz": 59.97}
    found = paragraphs(tmp_path, (calibrated(), FACTS), (moved, FACTS), (calibrated(), drifted))
    assert [text[:50] for text in found] == [
        "Apparatus. 2 participants (1 and 3): Images were s",
        "Apparatus. 1 participant (2): Images were shown on",
    ]
    (tmp_path / "sub-002" / "rig-run-2.yaml").write_text("name: any\n", encoding="utf-8")
    found = paragraphs(tmp_path, (calibrated(), FACTS), (moved, FACTS))
    assert found[-1].endswith("Sessions that went on with another rig file: 2.")


def test_sessions_without_a_screen_have_no_apparatus(tmp_path):
    assert paragraphs(tmp_path, (None, {"observer": "machine"})) == []


def test_methods_have_the_paragraph_and_a_damaged_rig_is_named(study_folder):
    simulate_study(study_folder, 2)
    for number in (1, 2):
        session(study_folder.data, number, calibrated())
    text = methods_text([load_study(study_folder)])
    assert text.count("Apparatus. Images were shown") == 1
    path = study_folder.data / "sub-002" / "rig.yaml"
    path.write_text("name: lab\nwidth_cm: 53\n", encoding="utf-8")
    with pytest.raises(StudyError, match=f"{path}: width_cm without distance_cm and resolution"):
        load_study(study_folder)
