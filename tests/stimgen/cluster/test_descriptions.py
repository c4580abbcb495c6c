"""What --cluster and a cluster.yaml say, and what is made of it."""

import pytest
import yaml
from distributed import Nanny

from conditions.errors import StudyError
from stimgen.cluster.connect import connected, local_workers, workers_wanted
from stimgen.cluster.job_queue import job_queue_cluster


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
    assert jobs == workers_wanted(f"slurm:{file}") == 8
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
        ({"options": {}}, r"cluster\.yaml: field jobs is missing"),
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


@pytest.mark.parametrize("system", ["pbs", "lsf", "sge"])
def test_other_batch_systems_have_job_scripts(tmp_path, system):
    file = tmp_path / "cluster.yaml"
    options = {"cores": 2, "processes": 2, "memory": "4GB"}
    file.write_text(yaml.safe_dump({"jobs": 3, "options": options}), encoding="utf-8")
    cluster, _ = job_queue_cluster(system, file)
    with cluster:
        assert "-m distributed.cli.dask_worker" in cluster.job_script()
    assert workers_wanted(f"{system}:{file}") == 6
