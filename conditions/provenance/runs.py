"""Runs of a command that adds to what earlier runs have made: images, trials.

Those of a study are seldom made by a single run. Their ``provenance.json`` has the facts of the
last run that added to the files beside it, and those of the runs before in ``earlier``, the oldest
first. One without ``seconds`` was broken off, or goes on; one with ``left_nothing`` made no file.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from conditions.errors import StudyError
from conditions.files import write_json
from conditions.provenance.facts import code_sha256, common_facts, now
from conditions.study.study import Study

Run = dict[str, Any]


class _ReliedOn(BaseModel):
    """What is relied on of a run's facts, where it is there."""

    commit: str | None = None
    code_sha256: str = ""
    versions: dict[str, str | None] = {}
    made_at: str = ""
    began_at: str = ""
    continues: bool = True
    left_nothing: bool = False
    earlier: "list[_ReliedOn]" = []


_MEND = "restore it from a copy, or move it elsewhere: what it says of earlier runs is then missing"
# Of a commit or a hash, and of a time, as people are told of them.
_SHORT, _MINUTES = 8, len("2026-11-27 10:00")


def begun_run(study: Study, packages: tuple[str, ...], room: str, continues: bool) -> Run:
    """Facts of a run that begins.

    Parameters
    ----------
    study : Study
        Its fingerprint and seed are recorded.
    packages : tuple of str
        Distributions whose versions matter to the result.
    room : str
        Whose code makes the files, as ``stimgen``.
    continues : bool
        Whether files of this kind are there already.
    """
    return {
        **common_facts(study, packages),
        "code_sha256": code_sha256(room),
        "began_at": now("microseconds"),
        "continues": continues,
    }


def finished_run(run: Run, seconds: float, **facts: object) -> Run:
    """Facts of a run that has done its work, and what else decided its result."""
    return {**run, "made_at": now(), "seconds": round(seconds, 1), **facts}


def known_runs(path: Path) -> list[Run]:
    """Runs that a ``provenance.json`` knows of, the last one last; none where it is not there.

    Raises
    ------
    StudyError
        Where it is damaged.
    """
    try:
        last = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StudyError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise StudyError(f"{path}: not valid JSON: {error}; {_MEND}") from error
    try:
        _ReliedOn.model_validate(last)
    except ValidationError as error:
        raise StudyError(f"{path}: does not hold the facts of runs; {_MEND}") from error
    return [*last.pop("earlier", []), last]


def add_run(path: Path, run: Run) -> None:
    """Write a run's facts to a ``provenance.json``, or what has become of it since it began.

    Raises
    ------
    StudyError
        Where the file is damaged.
    """
    runs, began = known_runs(path), run["began_at"]
    places = [place for place, known in enumerate(runs) if known.get("began_at") == began]
    if places:
        runs[places[-1]] = run
    else:
        runs.append(run)
    *earlier, last = runs
    write_json(path, {**last, **({"earlier": earlier} if earlier else {})})


def several_versions(runs: list[Run]) -> str | None:
    """In words, that files are of several versions of the laboratory or its libraries.

    None where all are of one. A run whose work failed has left nothing, and so have those before
    the last one that began with nothing there. What the first known run found there is of a
    version that is not known. Python's own version decides no result.
    """
    runs = [run for run in runs if not run.get("left_nothing")]
    if runs and runs[0].get("continues"):
        runs = [{}, *runs]
    starts = [place for place, run in enumerate(runs) if run.get("continues") is False]
    kinds: dict[str, Run] = {}
    for run in runs[starts[-1] if starts else 0 :]:
        # A run of before there were hashes of code is of another version than those since.
        code = run.get("code_sha256") or f"commit {run.get('commit')}"
        kinds.setdefault(json.dumps([code, _libraries(run)], sort_keys=True), run)
    if len(kinds) < 2:
        return None
    first, *others = kinds.values()
    words = [_version_in_words(first, {}), *(_version_in_words(run, first) for run in others)]
    return "; ".join(words)


def doubtful_images(stimuli: Path) -> Iterator[str]:
    """A sentence for each kind in ``stimuli/`` whose images are of several versions."""
    for path in sorted(stimuli.glob("*/provenance.json")):
        try:
            versions = several_versions(known_runs(path))
        except StudyError as error:
            yield f"{error}."
            continue
        if versions:
            yield (
                f"Images of {path.parent.name} were made by several versions of the laboratory or "
                f"its libraries, and may differ for that alone ({versions})."
            )


def _version_in_words(run: Run, first: Run) -> str:
    """When a version was first used, its code and commit, and libraries that the first had not."""
    code, commit = run.get("code_sha256"), run.get("commit")
    short = [f"code {code[:_SHORT]}"] if code else []
    short += [f"commit {commit[:_SHORT]}"] if commit else []
    had = _libraries(first)
    others = [
        f"{package} {version} instead of {had.get(package)}"
        for package, version in _libraries(run).items()
        if first and had.get(package) != version
    ]
    when = run.get("began_at") or run.get("made_at") or "time not known"
    words = ", ".join([*(short or ["code not known"]), *others])
    return f"{when[:_MINUTES].replace('T', ' ')}: {words}"


def _libraries(run: Run) -> dict[str, str | None]:
    return {name: of for name, of in run.get("versions", {}).items() if name != "python"}
