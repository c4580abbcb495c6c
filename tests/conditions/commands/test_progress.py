"""What a progress bar tells whoever started the command."""

import io

from rich.console import Console

from conditions.commands.progress import PROGRESS_FILE, TellingProgress, Told, told


def moved(*steps: int) -> None:
    with TellingProgress(console=Console(file=io.StringIO())) as progress:
        bar = progress.add_task("Optimising my kind", total=8)
        for count in steps:
            progress.advance(bar, count)


def test_a_bar_tells_its_phase_and_share_where_it_is_asked_to(tmp_path, monkeypatch):
    path = tmp_path / "progress"
    moved(1)
    assert told(path) is None
    monkeypatch.setenv(PROGRESS_FILE, str(path))
    moved(2, 1)
    assert told(path) == Told("Optimising my kind", 0.375)
    moved(2, 100)
    assert told(path) == Told("Optimising my kind", 1)


def test_only_whole_lines_count_and_the_last(tmp_path):
    path = tmp_path / "progress"
    for text, wanted in (
        ("", None),
        ("0.5", None),
        ("0.5000 Scan", None),
        ("0.5000 Scan\n0.7", Told("Scan", 0.5)),
        ("nonsense\n", None),
    ):
        path.write_text(text, encoding="utf-8")
        assert told(path) == wanted
    path.write_text("0.1 Scan\n" * 2000 + "0.9 Write\n", encoding="utf-8")
    assert told(path) == Told("Write", 0.9)


def test_a_file_that_cannot_be_written_stops_no_work(tmp_path, monkeypatch):
    monkeypatch.setenv(PROGRESS_FILE, str(tmp_path / "gone" / "progress"))
    moved(1)
