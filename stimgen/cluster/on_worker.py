"""What runs on a worker: one task at a time, with a model that is loaded once."""

import platform
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from distributed import get_worker

from conditions.errors import StudyError
from conditions.files import atomic_path
from conditions.folder import StudyFolder
from conditions.provenance.facts import code_sha256
from conditions.study.study import Study
from stimgen.machine import keep_big_blocks
from stimgen.models.model import Model
from stimgen.models.open import open_model
from stimgen.work.workers import Work

# As it was when this process began: workers live longer than commands, and files change meanwhile.
CODE = code_sha256("stimgen")
# A worker of several threads is given several tasks; the network uses all threads for one.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Place:
    """Where a task works: the study folder, a file that shows that it is shared, the network.

    ``network`` is the study that says which one, with the whole paths of its files; ``tensors`` are
    the hashes of its weights and of its readouts' maps; ``code`` is that of the room where the
    command was given.
    """

    folder: StudyFolder
    token: str
    network: Study
    tensors: tuple[str, dict[str, str]]
    code: str = CODE


@dataclass(frozen=True)
class Sent:
    """A task's result, with the files that it could not leave in the study folder itself.

    ``files`` holds their contents by path, relative to the study folder.
    """

    result: Any
    files: tuple[tuple[str, bytes], ...] = ()

    def receive(self, folder: StudyFolder) -> Any:
        """Write the files to the study folder; the result."""
        for path, content in self.files:
            with atomic_path(folder.path / path) as temporary:
                temporary.write_bytes(content)
        return self.result


@dataclass(frozen=True)
class Given:
    """What all tasks of a step are given; made once, and sent from worker to worker."""

    place: Place
    shared: Any


def prepare(place: Place, make: Callable[..., Any], arguments: tuple) -> Given:
    """Make what the tasks of a step share."""
    return Given(place, make(*arguments))


def do(work: Work, given: Given, arguments: tuple) -> Sent:
    """Do a task in the study folder, or where that is not shared, in a folder of its own."""
    place, shared = given.place, given.shared
    _refuse_other_code(place)
    with _ONE_AT_A_TIME:
        torch.set_num_threads(max(torch.get_num_threads(), get_worker().state.nthreads))
        model = _model(place)
        if (place.folder.path / place.token).exists():
            return Sent(work(place.folder, model, _silent, shared, *arguments))
        with TemporaryDirectory() as scratch:
            own = replace(place.folder, path=Path(scratch))
            result = work(own, model, _silent, shared, *arguments)
            # The state of a scan is of use to the worker only.
            left = (p for p in sorted(own.stimuli.rglob("*")) if "scans" not in p.parts)
            files = tuple((own.relative(p), p.read_bytes()) for p in left if p.is_file())
            return Sent(result, files)


def merge_sent(merge: Callable[[Any, Any], Any], one: Sent, other: Sent) -> Sent:
    """Merge the results of two tasks."""
    return Sent(merge(one.result, other.result), one.files + other.files)


def _refuse_other_code(place: Place) -> None:
    """Another version makes other images, and those of a kind would be of both."""
    if place.code != CODE:
        raise StudyError(
            f"another version of the laboratory (code {CODE[:8]}) on {platform.node()} than where "
            f"the command was given (code {place.code[:8]}): start its workers anew with that one"
        )


# The study's network, loaded once: fingerprint and model of the last study.
_LOADED: dict[str, Model] = {}


def _model(place: Place) -> Model:
    key = place.network.fingerprint()
    model = _LOADED.get(key)
    if model is None or _tensors(model) != place.tensors:
        # Also where its files have changed since it was loaded: workers live longer than commands.
        keep_big_blocks()
        _LOADED.clear()
        model = _LOADED[key] = open_model(place.network)
    if _tensors(model) != place.tensors:
        same = model.weights_sha256 == place.tensors[0]
        maps = sorted(
            name for name, sha in place.tensors[1].items() if model.dictionaries[name] != sha
        )
        what = f"another map of the readout {', '.join(maps)}" if same else "other weights"
        raise StudyError(
            f"model {model.name}: {what} on {platform.node()} than where the command was given"
        )
    return model


def _tensors(model: Model) -> tuple[str, dict[str, str]]:
    return model.weights_sha256, model.dictionaries


def can_work() -> bool:
    """Whether a worker can run the laboratory's functions: it fails where they are not found."""
    return True


def _silent(_: int) -> None:
    """Progress is counted by whole tasks, where they are handed out."""
