"""Work on a cluster of real processes: the same files, whoever did it and whoever died."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from distributed import Nanny

from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import DESIGNS, StudyFolder, open_study
from stimgen.cluster.connect import connected, local_workers
from stimgen.cluster.job_queue import job_queue_cluster
from stimgen.cluster.on_worker import Place, do
from stimgen.models import load_model
from stimgen.natural.step import make_natural
from stimgen.synthetic.step import make_synthetic
from stimgen.workers import Shared, Task, Workers
from tests.conftest import ROOT, command


@pytest.fixture(scope="session")
def study_file(tmp_path_factory, photographs) -> Path:
    """Two units, 24 natural and 4 synthetic images each, from 120 photographs."""
    content = yaml.safe_load((DESIGNS / "demo.yaml").read_text(encoding="utf-8"))
    content |= {
        "name": "tiny",
        "image": {"resize": 72, "crop": 64},
        "units": {"main": ["block02_0004", "block02_0007"]},
        "natural": {"pool": str(photographs), "bins": 4, "batches": 3},
        "synthetic": {"images": 2, "steps": 4},
        "parts": [{"name": "only", "conditions": ["synthetic"], "scheme": "Max-1", "main": 2}],
    }
    path = tmp_path_factory.mktemp("study") / "tiny.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def make_all(study_file: Path, root: Path, *by: Workers) -> StudyFolder:
    folder = open_study(str(study_file), root)
    model = load_model("efficientnet_lite0", device="cpu")
    # Small batches make many spans, and many checkpoints to see.
    make_natural(folder, model, None, False, *by, batch_size=8, workers=0)
    make_synthetic(folder, model, *by)
    return folder


@pytest.fixture(scope="session")
def plain(study_file, tmp_path_factory) -> StudyFolder:
    """All images as one process makes them."""
    return make_all(study_file, tmp_path_factory.mktemp("plain"))


def assert_same_images(found: StudyFolder, wanted: StudyFolder) -> None:
    """Natural images and the pool's tables to the byte, synthetic images nearly."""
    for name in ("units.csv", "pool.csv", "histogram.csv", "pool_report.csv"):
        assert (found.stimuli / name).read_bytes() == (wanted.stimuli / name).read_bytes(), name
    tables = [pd.read_csv(folder.stimuli_table) for folder in (found, wanted)]
    natural = [table[table["kind"] == "natural"] for table in tables]
    pd.testing.assert_frame_equal(*natural)
    for row in natural[0].itertuples():
        assert sha256_of(found.path / row.path) == row.sha256
    synthetic = [table[table["kind"] == "synthetic"].reset_index(drop=True) for table in tables]
    assert list(synthetic[0]["path"]) == list(synthetic[1]["path"])
    np.testing.assert_allclose(
        synthetic[0]["activation"], synthetic[1]["activation"], rtol=1e-3, atol=1e-3
    )
    assert not list(found.path.glob(".shared-*"))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_local_workers_make_the_same_images(study_file, plain, tmp_path, count):
    with connected(f"local:{count}") as workers:
        assert workers.count == count
        folder = make_all(study_file, tmp_path, workers)
    assert_same_images(folder, plain)


@pytest.mark.slow
def test_a_worker_killed_in_the_scan_changes_nothing(study_file, plain, tmp_path):
    with connected("local:2") as workers:
        victims = list(workers._client.run(os.getpid).values())
        killed = []

        def kill_in_the_scan() -> None:
            scans = tmp_path / "tiny" / "stimuli" / "scans"
            while not list(scans.glob("*.npz")):
                time.sleep(0.01)
            os.kill(victims[0], signal.SIGKILL)
            killed.append(len(list(scans.glob("*.npz"))))

        killer = threading.Thread(target=kill_in_the_scan, daemon=True)
        killer.start()
        folder = make_all(study_file, tmp_path, workers)
        killer.join(10)
    assert killed, "no checkpoint was ever seen"
    assert killed[0] < 15, "the worker was killed too late"
    assert_same_images(folder, plain)


def one_may_fail(folder, model, on_progress, shared, number: int, marks: Path) -> int:
    """The task 2 is poison, 3 kills every worker, 4 kills the first one that tries it."""
    if number == 2:
        raise FloatingPointError("the loss is nan")
    if number == 3 or (number == 4 and not (marks / "tried").exists()):
        (marks / "tried").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * shared


@pytest.mark.slow
def test_a_poison_task_fails_alone(study_file, tmp_path, lite0):
    folder = open_study(str(study_file), tmp_path)
    tasks = [Task(f"task {number}", (number, tmp_path)) for number in range(8)]
    shared = Shared(10, int, (10,))
    done: list[int] = []
    with connected("local:2") as workers:
        outcomes = list(workers.each(one_may_fail, folder, lite0, tasks, shared, done.append))
        with pytest.raises(StudyError, match=r"task 2: the loss is nan\n.*task 3: its worker died"):
            workers.merged(one_may_fail, int.__add__, folder, lite0, tasks[:4], shared, done.append)
        gone = Shared(None, open_study, (str(tmp_path / "absent.yaml"), tmp_path))
        with pytest.raises(StudyError, match=r"absent\.yaml"):
            list(workers.each(one_may_fail, folder, lite0, tasks, gone, done.append))
        added = workers.merged(
            one_may_fail, int.__add__, folder, lite0, tasks[4:], shared, done.append
        )
    assert added == 10 * (4 + 5 + 6 + 7)
    assert sum(done[:8]) == 8
    results = {outcome.task.name: outcome.result for outcome in outcomes if not outcome.error}
    assert results == {f"task {number}": 10 * number for number in (0, 1, 4, 5, 6, 7)}
    errors = {outcome.task.name: outcome.error for outcome in outcomes if outcome.error}
    assert errors["task 2"] == "the loss is nan"
    assert "its worker died" in errors["task 3"]


def leave_a_file(folder, model, on_progress, shared, text: str) -> str:
    path = folder.stimuli / "natural" / f"{text}.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    (folder.stimuli / "scans").mkdir()
    (folder.stimuli / "scans" / "state.npz").touch()
    return str(folder.path)


@pytest.mark.slow
def test_files_are_sent_back_from_where_the_folder_is_not(study_file, tmp_path, lite0):
    folder = open_study(str(study_file), tmp_path)
    place = Place(folder, ".not-here", lite0.name, None, lite0.weights_sha256)
    with connected("local:1") as workers:
        sent = workers._client.submit(do, leave_a_file, place, None, ("seen",)).result()
        wrong = Place(folder, ".not-here", lite0.name, None, "0" * 64)
        refused = workers._client.submit(do, leave_a_file, wrong, None, ("seen",)).exception()
    assert not (folder.stimuli / "natural").exists()
    assert sent.receive(folder) != str(folder.path)
    assert [name for name, _ in sent.files] == ["stimuli/natural/seen.txt"]
    assert (folder.stimuli / "natural" / "seen.txt").read_text(encoding="utf-8") == "seen"
    assert "other weights" in str(refused)


def start(*arguments: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(holds, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_scheduler_and_workers_of_their_own_and_one_of_them_killed(study_file, plain, tmp_path):
    address = tmp_path / "scheduler.json"
    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
        "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(address),
    )  # fmt: skip
    started = [scheduler]
    try:
        wait_until(lambda: address.exists() and address.read_text(encoding="utf-8").strip())
        where = yaml.safe_load(address.read_text(encoding="utf-8"))["address"]
        # Without a nanny: what is killed stays dead.
        started += [
            start("distributed.cli.dask_worker", where, "--no-nanny", "--nthreads", "1",
                  "--local-directory", str(tmp_path / "dask"))
            for _ in range(2)
        ]  # fmt: skip
        work = start("stimgen", "all", str(study_file), "--root", str(tmp_path), "--cluster", where)
        started.append(work)
        scans = tmp_path / "tiny" / "stimuli" / "scans"
        wait_until(lambda: list(scans.glob("*.npz")))
        started[1].kill()
        _, said = work.communicate(timeout=300)
        assert work.returncode == 0, said
        # The command's batches are larger, so that activations may differ in the last digits.
        table = pd.read_csv(tmp_path / "tiny" / "stimuli" / "stimuli.csv")
        wanted = pd.read_csv(plain.stimuli_table)
        assert list(table["sha256"][table["kind"] == "natural"]) == list(
            wanted["sha256"][wanted["kind"] == "natural"]
        )
        assert len(table) == len(wanted)
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stderr.close()


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
    with connected("local:2") as workers:
        folder = make_all(study_file, tmp_path, workers)
    assert_same_images(folder, plain)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_job_script_asks_for_what_the_file_says(tmp_path):
    file = tmp_path / "cluster.yaml"
    options = {
        "queue": "gpu",
        "cores": 4,
        "processes": 1,
        "memory": "32GB",
        "walltime": "04:00:00",
        "job_extra_directives": ["--gres=gpu:1"],
        "worker_extra_args": ["--resources", "GPU=1"],
        "job_script_prologue": ["export OMP_NUM_THREADS=4"],
    }
    file.write_text(yaml.safe_dump({"jobs": 8, "options": options}), encoding="utf-8")
    cluster, jobs = job_queue_cluster("slurm", file)
    with cluster:
        script = cluster.job_script()
    assert jobs == 8
    for line in (
        "#SBATCH -p gpu",
        "#SBATCH --cpus-per-task=4",
        "#SBATCH --mem=30G",
        "#SBATCH -t 04:00:00",
        "#SBATCH --gres=gpu:1",
        "export OMP_NUM_THREADS=4",
    ):
        assert line in script.splitlines()
    assert "-m distributed.cli.dask_worker" in script
    assert "--resources GPU=1" in script


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"options": {}}, r"cluster\.yaml: jobs"),
        ({"jobs": 0, "options": {}}, r"cluster\.yaml: jobs"),
        ({"jobs": 2, "options": {"memory": "1GB"}}, r"cluster\.yaml: options: .*cores"),
        ({"jobs": 2, "options": {"cores": 1, "memory": "1GB", "tea": 1}}, r"cluster\.yaml: .*tea"),
    ],
)
def test_a_cluster_file_with_a_mistake_is_one_clear_line(tmp_path, content, message):
    file = tmp_path / "cluster.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        job_queue_cluster("slurm", file)


@pytest.mark.parametrize("spec", ["local:0", "local", "remote:3", "tcp://host", "slurm:"])
def test_a_cluster_that_is_none_is_refused(spec):
    with pytest.raises(StudyError, match=r"--cluster: found .* wanted local:4"), connected(spec):
        pass


def test_where_no_scheduler_answers_one_line_says_so(monkeypatch):
    monkeypatch.setattr("stimgen.cluster.connect.CONNECT_S", 1)
    with pytest.raises(StudyError, match="no scheduler answers"), connected("tcp://127.0.0.1:9"):
        pass


def test_local_workers_share_cores_and_gpus():
    workers = local_workers(4, gpus=2, cores=16)
    assert [w["cls"] for w in workers.values()] == [Nanny] * 4
    options = [w["options"] for w in workers.values()]
    assert [o["env"]["CUDA_VISIBLE_DEVICES"] for o in options] == ["0", "1", "0", "1"]
    assert all(o["resources"] == {"GPU": 1} for o in options)
    assert all(o["env"]["OMP_NUM_THREADS"] == "4" for o in options)
    assert "resources" not in local_workers(1, gpus=0, cores=2)[0]["options"]


def test_without_a_cluster_dask_is_not_imported():
    script = "import sys, stimgen.__main__; print([m for m in sys.modules if 'dask' in m or 'distributed' == m])"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_dry_run_plans_and_makes_no_images(study_file, tmp_path):
    ran = command("stimgen", "all", str(study_file), "--root", str(tmp_path), "--dry-run",
                  "--cluster", "local:2")  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "2 workers" in ran.stdout
    assert "natural" in ran.stdout
    assert "synthetic, block02" in ran.stdout
    assert "s in all" in ran.stdout
    assert not list(tmp_path.rglob("*.png"))
    assert not (tmp_path / "tiny" / "stimuli" / "pool.csv").exists()
