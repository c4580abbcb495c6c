"""The apparatus of a study in words, from the rig files that its sessions keep."""

from collections import defaultdict
from collections.abc import Sequence

from analysis.data.sessions.rigs import SessionRig
from analysis.wording import counted, listed
from conditions.rig.luminance import CHANNELS, Luminance
from conditions.rig.rig import Rig

# What session.json says of how images were shown; the same for all sessions of a paragraph.
SHOWN = ("screen_px", "image_px", "refresh_hz", "refresh_measured", "transfer", "dithered")


def apparatus_paragraphs(shown: Sequence[SessionRig]) -> list[str]:
    """A paragraph for every way in which sessions were shown, for a paper's section on methods."""
    groups: dict[tuple, list[SessionRig]] = defaultdict(list)
    for session in shown:
        # The refresh rate is measured anew in every session: its last digits are no difference.
        facts = {name: session.facts.get(name) for name in SHOWN}
        facts["refresh_hz"] = round(facts["refresh_hz"] or session.rig.refresh_hz)
        groups[session.rig.model_dump_json(), repr(facts)].append(session)
    return [_paragraph(members, alone=len(groups) == 1) for members in groups.values()] + _changed(
        shown
    )


def _paragraph(members: list[SessionRig], alone: bool) -> str:
    rig, facts = members[0].rig, members[0].facts
    numbers = _numbers([session.participant for session in members])
    who = "" if alone else f"{counted(len(members), 'participant')} ({numbers}): "
    return f"Apparatus. {who}" + " ".join(
        [_screen(rig, facts), *_images(rig, facts), *_luminance(rig, facts)]
    )


def _screen(rig: Rig, facts: dict) -> str:
    size = facts.get("screen_px") or rig.resolution
    pixels = f" of {size[0]} × {size[1]} pixels" if size else ""
    how = "measured" if facts.get("refresh_measured") else "not measured"
    refresh = f"a refresh rate of {facts.get('refresh_hz', rig.refresh_hz):.4g} Hz ({how})"
    if not rig.has_sizes:
        return (
            f"Images were shown on a screen{pixels} with {refresh}; its size and the viewing "
            "distance were not recorded."
        )
    assert size is not None  # a rig has a resolution where it has sizes
    return (
        f"Images were shown on a screen{pixels}, {rig.width_cm:g} cm wide, at a viewing distance "
        f"of {rig.distance_cm:g} cm ({rig.pixels(1, size[0]):.1f} pixels per degree of visual "
        f"angle at the centre), with {refresh}."
    )


def _images(rig: Rig, facts: dict) -> list[str]:
    side = facts.get("image_px")
    if side is None:
        return []
    angle = ""
    size = facts.get("screen_px") or rig.resolution
    if rig.has_sizes and size:
        degrees = rig.degrees(side, size[0])
        angle = f" ({degrees:.2f}° of visual angle to a side)"
    resampled = ""
    if facts.get("image_file_px") not in (None, side):
        resampled = f", resampled from {facts['image_file_px']} pixels with a Lanczos filter"
    return [f"They were {side} × {side} pixels{angle}{resampled}."]


def _luminance(rig: Rig, facts: dict) -> list[str]:
    found = rig.luminance
    if found is None:
        return ["The screen was not calibrated: pixel values were shown as they are."]
    black, white = found.limits
    room = "not measured" if found.ambient is None else f"{found.ambient:g} cd/m²"
    words = [
        f"Luminance was measured on {rig.calibrated_on} ({found.photometer}"
        f"{'; a simulation, of no real screen' if found.simulated else ''}) and went from "
        f"{black:.3g} to {white:.4g} cd/m², room light included (the switched-off screen: {room})"
        f"{_gammas(found)}."
    ]
    transfer = facts.get("transfer")
    if transfer is None:
        return [*words, "Whether pixel values were corrected was not recorded."]
    if transfer == "none":
        return [*words, "Pixel values were shown as they are."]
    target = {
        "srgb": "follow the sRGB transfer function",
        "linear": "proportional to pixel values",
    }
    left = ""
    if "levels_left" in facts:
        left = f" ({_numbers(facts['levels_left'])} of 256 levels left)"
    dithered = ", with seeded dithering" if facts.get("dithered") else ""
    table = f"A look-up table for each channel made luminance {target[transfer]}"
    return [*words, f"{table}{left}{dithered}{_verified(found)}."]


def _gammas(found: Luminance) -> str:
    fits = [getattr(found, name).fit for name in CHANNELS]
    if found.curve != "fit":
        return "; no power law described it, so that the readings themselves were interpolated"
    gammas = [f"{fit.gamma.value:.2f} [{fit.gamma.low:.2f}, {fit.gamma.high:.2f}]" for fit in fits]
    return f", with gammas of {listed(gammas)} for red, green and blue (95 % intervals)"


def _verified(found: Luminance) -> str:
    if found.verification is None:
        return ""
    return (
        f"; {found.verification.readings} fresh readings were at most "
        f"{found.verification.worst_percent:.2g} % of the range off"
    )


def _changed(shown: Sequence[SessionRig]) -> list[str]:
    """Who went on with another rig file than the one that the session was begun with."""
    changed = [session.participant for session in shown if session.changed]
    if not changed:
        return []
    who = _numbers(sorted(changed))
    return [f"Apparatus, exceptions. Sessions that went on with another rig file: {who}."]


def _numbers(values: list[int]) -> str:
    return listed([str(value) for value in values])
