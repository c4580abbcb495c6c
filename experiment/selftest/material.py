"""What a self-test shows: the heaviest trials of a study, or drawn ones of a published design."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from conditions.folder import StudyFolder, open_study
from conditions.rig.rig import Rig
from conditions.strays import condition_files
from conditions.study.study import Study
from conditions.trials.build import build_participant
from conditions.units.table import units_for
from experiment.checks.check import require
from experiment.checks.preflight import check_images
from experiment.checks.selftest import n_images
from experiment.plan import RATED, Trial, as_rows
from experiment.records.start import load_trials
from experiment.rehearsal import stand_in
from experiment.screen.trials.images import IMAGE_COLUMNS

DESIGN = "experiment_1"


@dataclass(frozen=True)
class Material:
    """Trials to show, and the content of their image files by path; ``drawn`` are nobody's own."""

    study: Study
    rows: list[Trial]
    encoded: dict[str, bytes]
    drawn: bool = False

    @property
    def images(self) -> int:
        """Images of the heaviest trial."""
        return max(n_images(row) for row in self.rows)

    def on(self, rig: Rig) -> Rig:
        """A rig that they are shown on: what is drawn is as small as the screen wants it.

        A study's own images are shown as its sessions show them.
        """
        return rig.model_copy(update={"shrink": rig.shrink or self.drawn})


def material_of(folder: StudyFolder, n_trials: int, participant: int | None = None) -> Material:
    """The heaviest trials of a participant: those with the most images.

    Parameters
    ----------
    folder : StudyFolder
        A study whose images and condition files are there.
    n_trials : int
        How many trials at most.
    participant : int, optional
        By default the first who has a condition file.

    Raises
    ------
    StudyError
        Where there is no condition file, or an image is missing or not the one that it was.
    """
    number = participant or min(condition_files(folder), default=1)
    rows = _heaviest(as_rows(load_trials(folder, number)), n_trials)
    checks, encoded = check_images(folder, _images(rows))
    require(checks, False)
    return Material(folder.study, rows, encoded)


def drawn_material(n_trials: int) -> Material:
    """The heaviest trials of the published Experiment I, with drawn stand-ins for its images."""
    with tempfile.TemporaryDirectory() as root:
        folder = open_study(DESIGN, Path(root), make=False)
        study = folder.study
        rows = as_rows(build_participant(study, units_for(folder), participant=1))
    rows = _heaviest(rows, n_trials)
    encoded = {image: _png(image, study) for image in _images(rows)}
    return Material(study, rows, encoded, drawn=True)


def _heaviest(rows: list[Trial], n_trials: int) -> list[Trial]:
    asked = [row for row in rows if row["phase"] != RATED]
    return sorted(asked, key=n_images, reverse=True)[:n_trials]


def _images(rows: list[Trial]) -> list[str]:
    shown = (row[column] for row in rows for column in IMAGE_COLUMNS if row.get(column))
    return list(dict.fromkeys(shown))


def _png(image: str, study: Study) -> bytes:
    stream = io.BytesIO()
    stand_in(image, study).save(stream, format="png", compress_level=1)
    return stream.getvalue()
