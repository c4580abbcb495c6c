"""All commands of README and docs/ are run, in one folder with a tiny study."""

from functools import partial

import pytest

from tests import conftest
from tests.conftest import command, in_process
from tests.documents import stage
from tests.documents.blocks import ROOT
from tests.documents.listed import NOT_RUN, RUN, STANDS_FOR, Run

pytestmark = [pytest.mark.slow, pytest.mark.window]


def arguments(entry: Run) -> list[str]:
    """What follows ``python -m``, with what stands here for a reader's own things."""
    words = f"{entry.command} {entry.more}".split()[2:]
    return [STANDS_FOR.get(word, word) for word in words]


def test_each_command_ends_well_in_the_order_of_a_study(tmp_path, screen, monkeypatch):
    stage.set_up(tmp_path)
    monkeypatch.setattr(conftest, "ROOT", tmp_path)
    alone = partial(command, env=screen | {"PYTHONPATH": str(ROOT)})
    here = partial(in_process, env={"HOME": screen["HOME"]})
    for entry in RUN:
        if entry.after:
            getattr(stage, entry.after)(tmp_path)
        done = (alone if entry.window else here)(*arguments(entry))
        told = f"{entry.command}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert done.returncode == 0, told
        assert "Traceback" not in done.stderr, told
    for left in ("stimuli/preview.html", "report/report.html", "report/ranking/ranking.csv"):
        assert (tmp_path / "studies" / "my_study" / left).is_file()


def test_benchmarks_take_the_arguments_of_their_page(screen):
    """They are not run: they measure for minutes to hours."""
    words = [one.split()[2:] for one in NOT_RUN if one.startswith("python -m benchmarks.")]
    assert words
    listed = [word for one in words for word in (*one, "--")]
    done = command("tests.documents.benchmark_arguments", *listed, env=screen)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count(" taken\n") == len(words)
