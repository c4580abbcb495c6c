"""The study folder: where each room finds and leaves its files."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from conditions.commands.command_line import DEFAULT_ROOT
from conditions.errors import StudyError
from conditions.files import atomic_path
from conditions.study.study import Study, load_study

DESIGNS = Path(__file__).parent / "designs"


@dataclass(frozen=True)
class StudyFolder:
    """A study folder and the study that it holds.

    ``source`` is the study file that was named, which becomes the folder's own when it begins.
    """

    path: Path
    study: Study
    source: Path | None = field(default=None, compare=False)

    def begin(self) -> None:
        """Make the folder, if need be, and give it its own copy of the study file.

        Whoever is about to write the first file of a study calls this, once nothing is left that
        could be wrong in the study file: a folder is bound to the file that it was begun with.
        """
        if self.source is not None and not self.study_file.exists():
            with atomic_path(self.study_file) as temporary:
                shutil.copyfile(self.source, temporary)

    @property
    def study_file(self) -> Path:
        """The folder's own copy of the study file."""
        return self.path / "study.yaml"

    @property
    def file(self) -> Path:
        """The study file that is there: the folder's own, or before it begins the one named."""
        return self.study_file if self.source is None else self.source

    @property
    def typed(self) -> tuple[str, ...]:
        """What a command takes to mean this study: its folder, or before it begins its file."""
        if self.source is None or self.study_file.is_file():
            return (str(self.path),)
        named = self.source.stem if self.source.parent == DESIGNS else str(self.source)
        root = self.path.parent
        return (named, *(() if root == DEFAULT_ROOT else ("--root", str(root))))

    @property
    def stimuli(self) -> Path:
        """Images and their tables."""
        return self.path / "stimuli"

    @property
    def units_table(self) -> Path:
        """The units."""
        return self.stimuli / "units.csv"

    @property
    def stimuli_table(self) -> Path:
        """All images."""
        return self.stimuli / "stimuli.csv"

    @property
    def pool_table(self) -> Path:
        """Distribution of each unit's activation over the pool."""
        return self.stimuli / "pool.csv"

    @property
    def synthetic_report(self) -> Path:
        """How the synthetic images were made and compare."""
        return self.stimuli / "synthetic_report.csv"

    @property
    def accentuation_report(self) -> Path:
        """How photographs were accentuated, and what it did."""
        return self.stimuli / "accentuation_report.csv"

    @property
    def histogram_table(self) -> Path:
        """Histogram of each unit's activation over the pool."""
        return self.stimuli / "histogram.csv"

    @property
    def preview(self) -> Path:
        """A sheet of all images."""
        return self.stimuli / "preview.html"

    @property
    def index(self) -> Path:
        """The page that leads to all that there is of the study."""
        return self.path / "index.html"

    @property
    def screenshots(self) -> Path:
        """Pictures of trials."""
        return self.path / "screenshots"

    @property
    def conditions(self) -> Path:
        """Condition files."""
        return self.path / "conditions"

    @property
    def data(self) -> Path:
        """Sessions."""
        return self.path / "data"

    @property
    def withdrawn(self) -> Path:
        """What participants have withdrawn: kept apart, and read by no command."""
        return self.data / "withdrawn"

    @property
    def machine(self) -> Path:
        """Sessions of machine observers, apart from those of people."""
        return self.path / "machine"

    @property
    def report(self) -> Path:
        """Results."""
        return self.path / "report"

    def session_page(self, participant: int) -> Path:
        """The operator's page on the session of one participant."""
        return self.report / f"session-{participant:03d}.html"

    @property
    def difficulty(self) -> Path:
        """How hard each unit is for machine observers."""
        return self.report / "difficulty"

    def condition_file(self, participant: int) -> Path:
        """Trials of one participant, as decided before the session."""
        return self.conditions / f"participant-{participant:03d}.csv"

    def session(self, participant: int) -> Path:
        """Data of one participant."""
        return self.data / f"sub-{participant:03d}"

    def machine_session(self, observer: str, participant: int) -> Path:
        """Data of a machine observer that answered the trials of one participant."""
        return self.machine / observer / f"sub-{participant:03d}"

    def relative(self, path: Path) -> str:
        """A path as the tables hold it: relative to the folder, with forward slashes."""
        return path.relative_to(self.path).as_posix()


def find_study_file(name: str) -> Path:
    """The study file of a study folder, a study file itself, or that of a design by name.

    Raises
    ------
    StudyError
        Where there is none: names the designs that exist.
    """
    given = Path(name)
    if not name.strip():
        raise StudyError(
            "STUDY: found nothing, wanted a study folder, a study file, or the name of a design"
        )
    if (given / "study.yaml").is_file():
        return given / "study.yaml"
    source = given if given.suffix in (".yaml", ".yml") else DESIGNS / f"{name}.yaml"
    if not source.is_file():
        designs = ", ".join(sorted(path.stem for path in DESIGNS.glob("*.yaml")))
        raise StudyError(
            f"{name}: neither a folder with a study.yaml, nor a study file, nor a design that "
            f"comes with the laboratory ({designs})"
        )
    return source


def open_study(name: str, root: Path, make: bool = True) -> StudyFolder:
    """The folder of a study.

    Parameters
    ----------
    name : str
        A folder that holds a ``study.yaml``, a study file, or the name of a design that comes
        with the laboratory.
    root : Path
        Where folders of study files and designs are made: ``ROOT/NAME``.
    make : bool
        Begin the folder at once. A command that only reads, or that may still find the study to
        be wrong, does not: see :meth:`StudyFolder.begin`.

    Raises
    ------
    StudyError
        Where there is no such study, or its folder was begun with another study file.
    """
    source = find_study_file(name)
    study = load_study(source)
    if source == Path(name) / "study.yaml":
        return StudyFolder(Path(name), study)
    folder = StudyFolder(root / study.name, study, source)
    if folder.study_file.exists():
        if load_study(folder.study_file).fingerprint() != study.fingerprint():
            raise StudyError(
                f"{source} is not the study that {folder.path} was begun with "
                f"({folder.study_file} differs); name the folder to go on with it as it is, or "
                "give --root for a new one"
            )
    elif make:
        folder.begin()
    return folder
