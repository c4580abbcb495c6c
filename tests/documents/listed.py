"""Each command of README and docs/: how the test runs it, or why it does not.

Commands are run in this order, in one folder with a tiny study. A command on a page that stands in
neither table fails the test, and so does an entry that no page has any more.
"""

from dataclasses import dataclass

# What a reader replaces by something of their own, and what stands for it here.
STANDS_FOR = {
    "STUDY": "studies/my_study",
    "/data/imagenet/train": "photographs",
    "/media/pc_2/my_study": "pc_2/my_study",
    "experiment_1": "experiment_1.yaml",
    "1-24": "1-7",
    # Of the same family, and sooner there.
    "resnet50": "resnet18",
}
# A script in the place of a person.
SCRIPTED = "--observer scripted --script hasty"
# A screen that is simulated, and somebody who has filled in the dialog.
SIMULATED = "--simulate --who a --width-cm 53 --distance-cm 57 --levels 5 --sweeps 1"


@dataclass(frozen=True)
class Run:
    """A command that is run.

    Attributes
    ----------
    command : str
        As it stands on the pages.
    more : str
        Options that stand for a person, or make it short.
    window : bool
        Whether it opens a window, and so gets a process of its own.
    after : str
        What happens before: a function of the stage.
    """

    command: str
    more: str = ""
    window: bool = False
    after: str = ""


EMBEDDINGS = "--embedding pixels --embedding efficientnet_lite0 --embedding oracle"
RUN = [
    # Before there is a study.
    Run("python -m stimgen layers inceptionv1"),
    Run("python -m stimgen layers resnet50"),
    Run("python -m conditions describe my_study.yaml"),
    # Images, the long way and the short one.
    Run("python -m stimgen units my_study.yaml"),
    Run("python -m stimgen all my_study.yaml --dry-run"),
    Run("python -m stimgen natural my_study.yaml --images /data/imagenet/train"),
    Run("python -m stimgen natural STUDY"),
    Run("python -m stimgen references STUDY --only maco --dry-run"),
    Run("python -m stimgen references my_study.yaml"),
    Run("python -m stimgen references STUDY"),
    Run("python -m stimgen bring my_study.yaml theirs FOLDER"),
    Run("python -m stimgen bring STUDY theirs FOLDER"),
    Run("python -m stimgen preview my_study.yaml"),
    Run("python -m stimgen all my_study.yaml"),
    # Trials.
    Run("python -m conditions build my_study.yaml --participants 1-24"),
    Run("python -m conditions check my_study.yaml"),
    # The lab: a rig, and sessions.
    Run("python -m experiment calibrate lab", SIMULATED, window=True),
    Run("python -m experiment run studies/my_study --participant 7 --rig full_hd", SCRIPTED, True),
    Run(
        "python -m experiment run studies/my_study --participant 7 --resume",
        f"{SCRIPTED} --rig full_hd",
        window=True,
        after="stopped",
    ),
    Run("python -m experiment run studies/my_study --rig lab", f"{SCRIPTED} --participant 2", True),
    Run("python -m experiment monitor studies/my_study", "--once"),
    Run("python -m experiment status studies/my_study"),
    Run("python -m experiment join studies/my_study"),
    Run("python -m experiment merge studies/my_study /media/pc_2/my_study", after="other_copy"),
    Run("python -m experiment collect studies/my_study inbox", after="from_browsers"),
    Run("python -m experiment rehearsal experiment_1 --fast"),
    # Results; a ranking takes in machine observers, so that they answer after it.
    Run("python -m analysis session studies/my_study --participant 7"),
    Run("python -m analysis report studies/my_study"),
    Run("python -m analysis ranking studies/my_study"),
    Run("python -m analysis ranking STUDY --against fourier"),
    Run("python -m analysis index studies/my_study"),
    Run("python -m analysis index studies/my_study --session-pages"),
    Run("python -m analysis bids studies/my_study OUT"),
    Run("python -m analysis power my_study.yaml"),
    Run("python -m analysis plan my_study.yaml"),
    Run("python -m experiment machine my_study.yaml --participants all"),
    Run(f"python -m experiment machine my_study.yaml --participants all {EMBEDDINGS}"),
    Run("python -m analysis difficulty my_study.yaml"),
    Run("python -m analysis compare studies/my_study"),
    Run("python -m experiment withdraw studies/my_study --participant 3"),
]

_MAKE = "takes minutes to hours; what it runs is run here or in tests/end_to_end"
_PIP = "would install packages; that the file is there is checked"
_DIALOG = "a dialog asks a person; tests/experiment/test_dialog.py presses its buttons"
_PERSON = "wants a person; the same with a script is run in tests/experiment/session"
_CLUSTER = "several processes, or another machine; tests/stimgen/cluster has schedulers of its own"
_WINDOWS = "for Windows, which is not here"
_BENCHMARK = "measures for minutes to hours; that it takes these arguments is checked"
NOT_RUN = {
    "python -m experiment web studies/my_study --participants 1-40 --out page": (
        "npm fetches jsPsych; tests/experiment/web writes pages and plays them"
    ),
    "python -m http.server --directory page": "serves until it is stopped",
    "make demo": _MAKE,
    "make demo OBSERVER=human": _MAKE,
    "make test": _MAKE,
    "make visualisations": _MAKE,
    "make rehearse": _MAKE,
    "pip install -r requirements-lab.txt": _PIP,
    "tools/setup.sh requirements-lab.txt": _PIP,
    "source .venv/bin/activate": "changes the shell that it is typed into",
    "pip install -r requirements-markers.txt": _PIP,
    "pip install -r requirements-networks.txt": _PIP,
    "pip install --no-deps -r requirements-trained.txt": _PIP,
    "py -3.11 -m venv .venv": _WINDOWS,
    ".venv/Scripts/activate": _WINDOWS,
    "python -m experiment run studies/my_study": _DIALOG,
    "python -m experiment run studies/rehearsal_experiment_1 --participant 1 --rig laptop": _PERSON,
    "python -m experiment run studies/rehearsal_experiment_1 --participant 1": _PERSON,
    "python -m experiment run studies/rehearsal_experiment_1 --participant 1 --observer scripted": (
        "takes an hour; `make rehearse` is the same at speed"
    ),
    "python -m stimgen all my_study.yaml --cluster local:4": _CLUSTER,
    "python -m stimgen all my_study.yaml --cluster tcp://10.0.0.5:8786": _CLUSTER,
    "python -m stimgen all my_study.yaml --cluster slurm:cluster.yaml": _CLUSTER,
    "python -m distributed.cli.dask_worker tcp://10.0.0.5:8786": _CLUSTER,
    "python -m experiment selftest lab --study studies/my_study": (
        "ends with 2 where there is no screen; tests/experiment/selftest has stand-ins"
    ),
    "python -m analysis published DIR --out OUT": (
        "wants the released data; tests/analysis/writing/test_report.py has them"
    ),
    "python -m benchmarks.natural": _BENCHMARK,
    "python -m benchmarks.synthetic.speed": _BENCHMARK,
    "python -m benchmarks.accentuation studies/demo": _BENCHMARK,
    "python -m benchmarks.synthetic.parity": _BENCHMARK,
    "python -m benchmarks.synthetic.quality": _BENCHMARK,
    "python -m benchmarks.synthetic.together": _BENCHMARK,
    "python -m benchmarks.synthetic.borders": _BENCHMARK,
    "python -m benchmarks.scaling": _BENCHMARK,
    "python -m benchmarks.preview": _BENCHMARK,
    "python -m benchmarks.conditions": _BENCHMARK,
    "python -m benchmarks.report": _BENCHMARK,
    "python -m benchmarks.statistics": _BENCHMARK,
    "python -m benchmarks.trial_timing": _BENCHMARK,
    "python -m benchmarks.markers": _BENCHMARK,
}
