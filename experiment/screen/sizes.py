"""How large images are shown: pixels of the screen, from what study and rig say."""

from dataclasses import dataclass

from conditions.errors import StudyError
from conditions.rig.rig import Rig
from conditions.study.study import Study
from experiment.screen.layout import Layout, scale, shown_side, trial_layout

Screen = tuple[int, int]

_GROWING = (
    " (texts are {times:.3g} times as high as on 1920 × 1080 px; `enlarge: true` in the rig file "
    "has images grow with them)"
)


@dataclass(frozen=True)
class Size:
    """The side of all images of a session in pixels, how it came about, and what to do about it."""

    pixels: int
    words: str
    advice: str = ""


def require_sizes(study: Study, rig: Rig) -> None:
    """Check that a rig has the sizes that a study in degrees needs.

    Raises
    ------
    StudyError
        Where it does not.
    """
    if study.presentation.degrees is not None and not rig.has_sizes:
        raise StudyError(
            f"presentation.degrees: {study.presentation.degrees:g}° need a rig with width_cm and "
            f"distance_cm; rig {rig.name} has none (`python -m experiment calibrate NAME`)"
        )


def image_size(study: Study, rig: Rig, screen: Screen) -> Size:
    """The size that a study wants on a screen.

    Degrees become pixels by 2·d·tan(angle / 2), rounded to an even number, so that images lie on
    whole pixels.

    Raises
    ------
    StudyError
        Where degrees are asked of a rig without sizes.
    """
    require_sizes(study, rig)
    asked = study.presentation
    if asked.degrees is not None:
        exact = rig.pixels(asked.degrees, screen[0])
        side = max(2, 2 * round(exact / 2))
        return Size(
            side,
            f"{asked.degrees:g}° at {rig.distance_cm:g} cm on {rig.width_cm:g} cm of {screen[0]} "
            f"px: 2 · {rig.distance_cm:g} cm · tan({asked.degrees:g}° / 2) = {exact:.2f} px, "
            f"shown as {side} px",
        )
    if asked.pixels is not None:
        return Size(asked.pixels, f"{asked.pixels} px, as the study file says")
    return Size(study.image.crop, f"{study.image.crop} px, pixel by pixel")


def layouts_of(
    study: Study, rig: Rig, screen: Screen, references: set[int]
) -> tuple[dict[int, Layout], Size]:
    """The layouts of a session by number of references, all for images of the same size.

    Trials without references are laid out like those with the most.

    Parameters
    ----------
    study, rig
        Say how large images are shown. A rig may have them shrunk unless degrees were asked for,
        and enlarged unless degrees or pixels were.
    screen : tuple of int
        Width and height in pixels.
    references : set of int
        Numbers of references that trials have.

    Raises
    ------
    StudyError
        Where images do not fit the screen: gives the arithmetic.
    """
    size, most = image_size(study, rig, screen), max(references)
    asked = study.presentation
    in_degrees = asked.degrees is not None
    may_grow = not in_degrees and asked.pixels is None
    try:
        side = shown_side(
            screen,
            size.pixels,
            most,
            shrink=rig.shrink and not in_degrees,
            enlarge=rig.enlarge and may_grow,
            can_shrink=not in_degrees,
        )
    except StudyError as error:
        words = f"{size.words}; " if in_degrees else ""
        raise StudyError(f"{words}{error}") from error
    if side != size.pixels:
        why = "to fit the screen" if side < size.pixels else "to grow with the screen"
        size = Size(side, f"{size.words}; {side} px, {why}")
    elif may_grow and scale(screen) > 1:
        size = Size(side, size.words, _GROWING.format(times=scale(screen)))
    return {n: trial_layout(screen, side, n or most) for n in sorted(references)}, size
