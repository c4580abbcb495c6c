"""A function in Python of the researcher's, found by name."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from conditions.errors import StudyError
from stimgen.models.families.code_faults import fault_in_words


def function_named(name: str) -> tuple[ModuleType, Callable[[], object]]:
    """The module and the function of MODULE:FUNCTION.

    The module is looked for in the working directory and among the installed ones.

    Raises
    ------
    StudyError
        Where there is none, and where importing it fails.
    """
    where, _, what = name.rpartition(":")
    if where.endswith(".py") or "/" in where or "\\" in where:
        parts = Path(where.replace("\\", "/")).with_suffix("").parts
        dotted = ".".join(part for part in parts if part not in (".", "/"))
        raise StudyError(
            f"model {name}: a file; wanted its module, as seen from the folder that the command "
            f"runs in: {dotted}:{what}"
        )
    if not where or where.startswith(".") or not what:
        raise StudyError(f"model {name}: wanted MODULE:FUNCTION, as in my_networks:build")
    module = _imported(name, where)
    if not hasattr(module, what):
        there = [n for n, value in vars(module).items() if _is_own_function(value, module)]
        has = f"it has {', '.join(there)}" if there else "it has none"
        raise StudyError(f"model {name}: no function {what} in {module.__file__}; {has}")
    function = getattr(module, what)
    if not callable(function):
        raise StudyError(
            f"model {name}: {what} is {a_kind(function)}; wanted a function without arguments"
        )
    return module, function


def _is_own_function(value: object, module: ModuleType) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__


def _imported(name: str, where: str) -> ModuleType:
    folder = Path.cwd()
    if not {"", str(folder)} & set(sys.path):
        # Workers of a cluster are not started with the working directory among their paths.
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(where)
    except ModuleNotFoundError as error:
        if error.name and f"{where}.".startswith(f"{error.name}."):
            raise StudyError(
                f"model {name}: no module {error.name} in {folder} nor among the installed ones"
            ) from error
        raise StudyError(f"model {name}: {fault_in_words(error)}") from error
    except (Exception, SystemExit) as error:
        raise StudyError(f"model {name}: {fault_in_words(error)}") from error
    here = folder / where.partition(".")[0]
    found = Path(getattr(module, "__file__", None) or folder / where)
    if (here.is_dir() or here.with_suffix(".py").exists()) and folder not in found.parents:
        raise StudyError(
            f"model {name}: the module is hidden by another of its name, {found}; rename yours"
        )
    return module


def a_kind(value: object) -> str:
    """What a value is, for a message: "a dict"."""
    kind = type(value).__name__
    return "None" if value is None else f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"
