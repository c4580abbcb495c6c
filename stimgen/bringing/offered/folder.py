"""The folder that is brought: what kind of thing it is, its manifest, and what else lies in it."""

import os
from dataclasses import dataclass
from pathlib import Path

from conditions.errors import StudyError
from conditions.folder import StudyFolder
from conditions.study.kinds.files import Files
from conditions.study.study import Study
from stimgen.bringing.offered.layout import WANTED, by_layout
from stimgen.bringing.offered.listing import Listing
from stimgen.bringing.offered.manifest import NAMES, read_manifest
from stimgen.pool.finding.suffixes import suffix
from stimgen.pool.finding.walk import walk
from stimgen.pool.names import at_home, printable

_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")

_OTHER_TABLES = (".xlsx", ".xls", ".ods", ".numbers", ".json", ".jsonl", ".txt", ".yaml", ".yml")


@dataclass(frozen=True)
class Source:
    """A folder of images.

    Attributes
    ----------
    root : Path
        The folder.
    name : str
        As messages name it.
    manifest : Path or None
        Its manifest, if it has one.
    listing : Listing
        The images that it offers.
    files : list of str
        All files in it that are images by their names, relative to it.
    """

    root: Path
    name: str
    manifest: Path | None
    listing: Listing
    files: list[str]


def open_source(study: StudyFolder, kind: str, place: str | None, units: list[str]) -> Source:
    """Look at a folder of images; nothing in it is opened but its manifest.

    Parameters
    ----------
    study : StudyFolder
        The study that the images are for.
    kind : str
        The study's name of the kind.
    place : str or None
        The folder; None for the one that the study names.
    units : list of str
        The units of the study.

    Raises
    ------
    StudyError
        Where it is no folder, one of the study's own, or cannot be read; where it has several
        manifests, one that cannot be read, or no images.
    OSError
        Where the disk fails.
    """
    recipe = files_kind(study.study, kind)
    named = str(recipe.folder) if place is None else place
    root, name = Path(at_home(named)), printable(named)
    _check_folder(root, name if place else f"references.{kind}.folder: {name}", study, kind)
    found = walk(str(root))
    images = recipe.images
    manifest = _manifest(root, name)
    if manifest is not None:
        listing = read_manifest(manifest, units, images)
    else:
        listing = by_layout(name, found, units, images)
        listing.remarks += [f"{name}: passed over, {line}" for line in found.remarks()]
        if not listing.given and not listing.faults:
            found_none = f"{name}: found no images, wanted {NAMES[0]} or {WANTED}"
            raise StudyError("\n".join([found_none, *listing.remarks]))
    return Source(root, name, manifest, listing, found.images)


def files_kind(study: Study, name: str) -> Files:
    """The kind that a study calls so, whose images come from elsewhere.

    Raises
    ------
    StudyError
        Where it is no such kind: names those that are.
    """
    kind = study.references.get(name)
    if isinstance(kind, Files):
        return kind
    known = [other for other, one in study.references.items() if isinstance(one, Files)]
    what = f", of kind {kind.kind}" if kind else ""
    wanted = (
        f"wanted one of kind files: {', '.join(known)}"
        if known
        else "and no kind of references of this study is files"
    )
    raise StudyError(f"NAME: found {name}{what}, {wanted}")


def _check_folder(root: Path, name: str, study: StudyFolder, kind: str) -> None:
    if not name.strip():
        raise StudyError("FOLDER: found nothing, wanted a folder of images")
    if not root.is_dir():
        raise StudyError(f"{name}: {_no_folder(root)}")
    # Said as what it is, before anything is looked for in it.
    with os.scandir(root):
        pass
    real, stimuli = root.resolve(), study.stimuli.resolve()
    if real.is_relative_to(stimuli):
        raise StudyError(
            f"{name}: found a folder of the study's own images ({study.stimuli}), wanted one that "
            "lies elsewhere"
        )
    # By a link, images could come to lie among the originals.
    target = (study.stimuli / kind).resolve()
    among = target.is_relative_to(real) and not target.is_relative_to(stimuli)
    if among or real.is_relative_to(target):
        raise StudyError(
            f"{name}: {study.stimuli / kind} is a link to {target}, so that images would be "
            "written among the originals: remove the link"
        )


def _no_folder(root: Path) -> str:
    if not root.exists():
        return "no such folder"
    if root.name.lower() in NAMES:
        return f"found a manifest, wanted the folder that it lies in, {root.parent}"
    if suffix(root.name) in _ARCHIVES:
        return "found an archive, wanted a folder: unpack it and name what came out of it"
    return "found a file, wanted a folder of images"


def _manifest(root: Path, name: str) -> Path | None:
    """The manifest, whatever the case of its name."""
    entries = sorted(root.iterdir())
    found = [path for path in entries if path.name.lower() in NAMES]
    if len(found) > 1:
        raise StudyError(
            f"{name}: found {' and '.join(path.name for path in found)}, wanted one manifest"
        )
    if not found:
        others = [
            path.name
            for path in entries
            if path.stem.lower() == "manifest" and path.suffix.lower() in _OTHER_TABLES
        ]
        if others:
            raise StudyError(
                f"{name}: found {printable(', '.join(others))}, wanted {' or '.join(NAMES)} (in a "
                "spreadsheet: save as CSV UTF-8)"
            )
        return None
    return found[0]
