"""All kinds of a study made, each after what it is made of."""

from collections.abc import Sequence

from conditions.commands.command_line import console
from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.study import Study
from stimgen.kinds.making import Making
from stimgen.kinds.registry import maker_of
from stimgen.models.model import Model
from stimgen.stimuli import known_stimuli
from stimgen.work.planned import PlannedStep
from stimgen.work.workers import THIS_PROCESS, PartlyFailedError, Workers


def make_references(
    folder: StudyFolder,
    model: Model,
    by: Workers = THIS_PROCESS,
    names: Sequence[str] | None = None,
) -> None:
    """Make the images of a study's kinds, where missing; its photographs are there before.

    Parameters
    ----------
    folder : StudyFolder
        The study.
    model : Model
        Its network.
    by : Workers, optional
        Who does the work.
    names : sequence of str, optional
        The study's names of the kinds that are made; by default all.

    Raises
    ------
    StudyError
        Where a name is none of the study's; where what a kind needs is not there; at the end,
        naming what has failed (all else is done).
    """
    failed: list[str] = []
    absent: set[str] = set()
    for name in chosen(folder.study, names):
        waits = absent.intersection(folder.study.references[name].sources)
        if waits:
            console.print(f"{name}: waits for {' and '.join(sorted(waits))}, of which it is made")
            absent.add(name)
            continue
        kind = folder.study.references[name]
        try:
            maker_of(kind).make(Making(folder, model, name, by))
        except PartlyFailedError as error:
            failed += [f"{name}: {line}" for line in error.lines]
        if name not in set(known_stimuli(folder)["name"]):
            absent.add(name)
    if failed:
        raise PartlyFailedError(failed)


def plan_references(
    folder: StudyFolder, model: Model, names: Sequence[str] | None = None
) -> list[PlannedStep]:
    """What :func:`make_references` would do, and about how long it would take."""
    return [
        step
        for name in chosen(folder.study, names)
        for step in maker_of(folder.study.references[name]).plan(Making(folder, model, name))
    ]


def chosen(study: Study, names: Sequence[str] | None) -> list[str]:
    """Names of kinds in the order in which they are made; by default all but the photographs.

    Raises
    ------
    StudyError
        Where a name is none of them: lists those.
    """
    known = [name for name in study.made_in_order if name != study.photographs]
    if names is None:
        return known
    for name in names:
        if name not in known:
            raise StudyError(_refusal(study, name, known))
    return [name for name in known if name in names]


def _refusal(study: Study, name: str, known: list[str]) -> str:
    wanted = f"wanted one of {', '.join(known)}" if known else "the study has no others to make"
    if name == study.photographs:
        return (
            f"--only: found {name}, the photographs of the pool, which `python -m stimgen natural` "
            f"makes: {wanted}"
        )
    if name in study.references:
        return f"--only: found {name}, a kind without images of its own: {wanted}"
    return f"--only: found {name}, {'' if known else 'but '}{wanted}"
