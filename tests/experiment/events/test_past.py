"""What earlier runs leave tells the next its number, however damaged it is."""

import pytest

from conditions.tables.events import EVENTS
from experiment.events.past import Past, past_events
from experiment.records.recorder import header, lines


def rows(*cells: tuple) -> str:
    names = ("run", "onset", "duration")
    known = {"participant": 1, "session": 1, "kind": "page"}
    return header(EVENTS) + lines(
        EVENTS, *(known | dict(zip(names, row, strict=True)) for row in cells)
    )


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (None, Past()),
        ("", Past()),
        (header(EVENTS), Past()),
        (rows((1, 0.5, None), (2, 9.0, 1.5), (2, 10.0, None)), Past(2, 10.5)),
        # As a spreadsheet saves it.
        ("\ufeff" + rows((1, 0.5, 2.0)).replace("\n", "\r\n"), Past(1, 2.5)),
        # What a power cut leaves, and what nobody could have measured.
        (rows((3, 4.0, None)) + "\0" * 64, Past(3, 4.0)),
        (rows((3, 4.0, None)) + "\0" * 64 + "\n", Past(3, 4.0)),
        (rows((1, 4.0, None)) + "1,1,9", Past(9, 4.0)),
        (rows((1, 4.0, None), ("x", "inf", "nan"), (2, 1e12, None)), Past(2, 4.0)),
        (rows((1, 4.0, None), (-2, -7.5, None)), Past(1, 4.0)),
        ("other,columns\n1,2\n", Past()),
        (rows((1, 4.0, None)) + '1,1,1,"never closed', Past(1, 4.0)),
        (header(EVENTS) + '1,1,1,"never closed\n' + rows((2, 4.0, None)), Past(2, 4.0)),
        (rows((1, 4.0, None), ("9" * 5000, "9" * 5000, None)), Past(1, 4.0)),
        (rows((1, 4.0, None)) + f'1,1,1,2.0,,page,,"{"x" * 200_000}",\n', Past(1, 4.0)),
    ],
)
def test_the_last_run_and_its_end_are_known(tmp_path, content, known):
    path = tmp_path / "events.csv"
    if content is not None:
        path.write_bytes(content.encode())
    assert past_events(path) == known
