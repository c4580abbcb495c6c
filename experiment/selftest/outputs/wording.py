"""What outlets cost, in words."""

from collections.abc import Sequence

from conditions.rig.selftest import Output, Times


def output_lines(outputs: Sequence[Output]) -> list[str]:
    """A line for the flips without markers and for each outlet; none without outlets."""
    return [_line(output) for output in outputs]


def _line(output: Output) -> str:
    flips = (
        f"{output.missed:,} of {output.flips:,} flips missed, median {output.median_ms:.2f} ms, "
        f"longest {output.longest_ms:.1f} ms"
    )
    if output.call is None:
        return f"without markers: {flips}"
    lost = f", {output.lost} lost" if output.lost else ""
    taken = "none taken" if output.taken is None else f"taken after {_times(output.taken)}"
    return (
        f"markers to {output.name} ({output.place}): {output.sent} codes{lost}; handed over on the "
        f"flip in {_times(output.call)}, {taken}; {flips}"
    )


def _times(times: Times) -> str:
    return f"{times.median_ms:.3f} ms (at most {times.longest_ms:.2f})"
