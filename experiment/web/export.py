"""The folder that is served: whole, or not there."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conditions.check import check_study, images_of
from conditions.commands.command_line import progress_bar
from conditions.commands.participants import in_ranges
from conditions.errors import StudyError
from conditions.files import sha256_of
from conditions.folder import StudyFolder
from conditions.strays import session_folders, withdrawals
from conditions.trials.course import n_sessions
from experiment.records.standing import load_trials
from experiment.web.contents import study_contents
from experiment.web.npm_packages import copy_packages
from experiment.web.participant_file import participant_contents
from experiment.web.pictures import Pictures

APP = Path(__file__).parent / "app"
INDEX = "index.html"


@dataclass(frozen=True)
class Written:
    """How many images a page has, and how large it is."""

    images: int
    megabytes: float


def write_page(
    folder: StudyFolder, participants: list[int], out: Path, target: str, shrink: bool = False
) -> Written:
    """Write the page of a study.

    Parameters
    ----------
    folder : StudyFolder
        With images and condition files, which are checked as ``conditions check`` does.
    participants : list of int
        Who can take part.
    out : Path
        A folder that is not there yet, or is empty.
    target : str
        Where answers go: ``download``, ``jatos`` or ``datapipe:ID``.
    shrink : bool
        Whether images may be shown smaller where they do not fit.

    Raises
    ------
    StudyError
        Where something is in the way, missing or changed; where a participant has data already;
        where npm is missing or reaches no registry.
    """
    _check_free(out, folder)
    _check_unused(folder, participants)
    if n_sessions(folder.study) > 1:
        raise StudyError(
            f"{folder.file}: sessions: found {n_sessions(folder.study)}, wanted one: a page in a "
            "browser has one session a participant"
        )
    trials = {number: load_trials(folder, number) for number in participants}
    check_study(folder, trials)
    with _whole(out) as making:
        copy_packages(making / "vendor")
        shutil.copytree(APP, making / "app", ignore=shutil.ignore_patterns(INDEX))
        shutil.copyfile(APP / INDEX, making / INDEX)
        pictures = Pictures(making / "images")
        paths = sorted({path for frame in trials.values() for path in images_of(frame)})
        with progress_bar() as progress:
            bar = progress.add_task("images", total=len(paths))
            for _ in pictures.add_files(folder, paths):
                progress.advance(bar)
        contents = study_contents(folder.study, trials, target, shrink)
        contents["example"] = pictures.add_example(folder.study.image.crop, trials)
        _write(making / "study.json", contents)
        for number, frame in trials.items():
            content = participant_contents(folder.study, number, frame, pictures.names)
            _write(making / "participants" / f"participant-{number:03d}.json", content)
        files = sorted(path for path in making.rglob("*") if path.is_file())
        listed = {path.relative_to(making).as_posix(): sha256_of(path) for path in files}
        images = {path: f"images/{name}.webp" for path, name in pictures.names.items()}
        _write(making / "manifest.json", {"files": listed, "images": images})
        size = sum(path.stat().st_size for path in files)
    return Written(len(paths), size / 1e6)


def _write(path: Path, content: dict) -> None:
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _check_free(out: Path, folder: StudyFolder) -> None:
    for room in (folder.data, folder.conditions, folder.stimuli):
        if out.resolve().is_relative_to(room.resolve()):
            raise StudyError(f"--out: {out} is in {room}, which is the study's own; name another")
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() or out.is_symlink():
        raise StudyError(f"--out: {out} is there and is no empty folder; name a new one")


def _check_unused(folder: StudyFolder, participants: list[int]) -> None:
    used = {*session_folders(folder.data), *withdrawals(folder)}
    if twice := [number for number in participants if number in used]:
        raise StudyError(
            f"--participants: {in_ranges(twice)} took part already ({folder.data}); "
            "wanted numbers that nobody has used"
        )


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A folder that becomes the one to be written where nothing went wrong.

    An empty one that is there stays itself: it may be a link, a disk of its own, or where the
    shell stands.
    """
    there = out.is_dir()
    room = out if there else out.parent
    room.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=room, prefix=f".{out.name[:40]}-", suffix=".part"))
    try:
        making.chmod(0o755)
        yield making
        if there:
            # What a server looks for comes last.
            for path in sorted(making.iterdir(), key=lambda path: path.name == INDEX):
                path.rename(out / path.name)
        else:
            making.rename(out)
    finally:
        shutil.rmtree(making, ignore_errors=True)
