"""The pool whose spectrum MACO's images have: the one that was scanned for the natural images."""

from pathlib import Path

from conditions.commands.typed import typed_command
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from stimgen.pool.finding.find import absolute, open_pool
from stimgen.pool.names import from_written, written
from stimgen.pool.scanned import ScannedPool, described, scanned_pool
from stimgen.synthetic.recipe import recipe_of


def spectrum_pool(folder: StudyFolder, name: str, planned: bool = False) -> ScannedPool | None:
    """The pool that a study's images take their spectrum from; None where they need none.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    name : str
        The study's name of the kind.
    planned : bool
        For a plan the pool need not have been scanned: that of the study file stands in for it.

    Raises
    ------
    StudyError
        Where the pool is not known, or not there any more.
    """
    study = folder.study
    if recipe_of(study, name).method != "maco":
        return None
    noted = scanned_pool(folder)
    if noted is None and planned:
        return described(open_pool(study.natural.pool, study.image), "")
    if noted is None:
        scan = f"`{typed_command('stimgen', 'natural', *folder.typed)}`"
        why = f"no pool has been scanned: first run {scan}"
        if folder.pool_table.exists():
            why = (
                f"an earlier version scanned a pool and did not note which: run {scan} with "
                "--images and that pool"
            )
        raise StudyError(
            f"{folder.stimuli}: references.{name}.method maco takes its spectrum from the "
            f"pool that was scanned, and {why}"
        )
    # A study that was copied to another machine may name the pool as it lies there.
    for path in (noted.path, written(absolute(study.natural.pool))):
        if path == "embedded" or Path(from_written(path)).exists():
            return noted.model_copy(update={"path": path})
    raise StudyError(
        f"pool {noted}: is not there; references.{name}.method maco takes its spectrum from it: "
        "connect its disk, or say where it lies now: "
        f"`{typed_command('stimgen', 'natural', *folder.typed, '--images', 'POOL')}`"
    )
