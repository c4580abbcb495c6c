"""The commands on a cluster: its own scheduler, Ctrl-C, a dry run, and life without Dask."""

import os
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from conditions.folder import open_study
from stimgen.kinds.references import plan_references
from stimgen.plan import plan_natural
from tests.conftest import ROOT, in_process
from tests.stimgen.cluster.processes import Cluster, start, wait_until
from tests.stimgen.made import assert_same_images, make_all


@pytest.mark.slow
def test_a_scheduler_and_workers_of_their_own_and_one_of_them_killed(study_file, plain, tmp_path):
    with Cluster(tmp_path, workers=2) as cluster:
        work = cluster.start(
            "stimgen", "all", str(study_file), "--root", str(tmp_path),
            "--cluster", cluster.address,
        )  # fmt: skip
        scans = tmp_path / "tiny" / "stimuli" / "scans"
        wait_until(lambda: list(scans.glob("*.npz")))
        cluster.kill("one worker")
        _, said = work.communicate(timeout=300)
        assert work.returncode == 0, said
    # The command's batches are larger, so that activations may differ in the last digits.
    table = pd.read_csv(tmp_path / "tiny" / "stimuli" / "stimuli.csv")
    wanted = pd.read_csv(plain.stimuli_table)
    assert list(table["sha256"][table["name"] == "natural"]) == list(
        wanted["sha256"][wanted["name"] == "natural"]
    )
    assert len(table) == len(wanted)


@pytest.mark.slow
def test_ctrl_c_stops_and_the_next_run_does_the_rest(study_file, plain, tmp_path):
    work = start(
        "stimgen", "natural", str(study_file), "--root", str(tmp_path), "--batch-size", "8",
        "--cluster", "local:2",
    )  # fmt: skip
    scans = tmp_path / "tiny" / "stimuli" / "scans"
    wait_until(lambda: list(scans.glob("*.npz")))
    os.killpg(work.pid, signal.SIGINT)
    _, said = work.communicate(timeout=60)
    assert work.returncode != 0
    assert "Traceback" not in said
    wait_until(lambda: not _alive(work.pid), 20)
    assert not list((tmp_path / "tiny").glob(".shared-*"))
    assert_same_images(make_all(study_file, tmp_path), plain)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_without_a_cluster_dask_is_not_imported():
    script = (
        "import sys, stimgen.__main__;"
        "print([name for name in sys.modules if name.split('.')[0] in ('dask', 'distributed')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_dry_run_plans_and_makes_no_images(study_file, tmp_path):
    ran = in_process(
        "stimgen", "all", str(study_file), "--root", str(tmp_path), "--dry-run",
        "--cluster", "local:2",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "2 workers" in ran.stdout
    assert "natural" in ran.stdout
    assert "synthetic, block02" in ran.stdout
    assert "s in all" in ran.stdout
    assert not list(tmp_path.iterdir())


def test_a_plan_leaves_out_what_is_there(plain, lite0):
    assert plan_natural(plain, lite0, batch_size=8) == []
    assert plan_references(plain, lite0) == []
    everything, written = plan_natural(plain, lite0, None, True, batch_size=8)
    assert everything.tasks > 1
    assert everything.seconds(1) > everything.seconds(2) > 0
    assert written.tasks == 0


def test_a_plan_passes_over_broken_files_as_the_scan_does(study_file, tmp_path, lite0):
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    for number in range(8):
        (photographs / f"{number}.png").write_bytes(b"no image")
    rng = np.random.default_rng(0)
    for number in range(8, 40):
        pixels = rng.integers(0, 256, (80, 80, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(photographs / f"{number}.png")
    folder = open_study(str(study_file), tmp_path)
    scan, write = plan_natural(folder, lite0, str(photographs), batch_size=8)
    assert scan.seconds_each > 0
    assert write.seconds_each > 0
