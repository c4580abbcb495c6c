"""A page as JATOS imports it: a zip with the study's properties and its folder of files."""

import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

from conditions.errors import StudyError
from conditions.files import atomic_path
from conditions.study.study import Study

SUFFIX = ".jzip"
# Of JATOS's model of a study, since 2.2; later releases read it and fill in what they added.
VERSION = "3"
# Links that a researcher hands out. Those of Mechanical Turk need a set-up of their own.
WORKERS = ("Jatos", "PersonalSingle", "PersonalMultiple", "GeneralSingle", "GeneralMultiple")
TITLE_LENGTH = 255


def archive_of(out: Path) -> Path:
    """Where the archive of a folder lies: beside it."""
    named = out.resolve() if out.name in ("", "..") else out
    return named.parent / f"{named.name}{SUFFIX}"


def check_free_archive(out: Path) -> None:
    """Refuse to write an archive over another file.

    Raises
    ------
    StudyError
        Where something lies there.
    """
    archive = archive_of(out)
    if archive.exists() or archive.is_symlink():
        raise StudyError(f"--out: {archive} is there already; name a new folder")


def write_jatos_archive(out: Path, study: Study) -> Path:
    """Write a page's folder as an archive that a JATOS server imports; returns its path.

    Parameters
    ----------
    out : Path
        The folder as :func:`experiment.web.export.write_page` wrote it.
    study : Study
        Whose name, title and fingerprint are the study's in JATOS: what is imported again is
        offered there as a new version of the same study.
    """
    name = f"{study.name}-web"
    archive = archive_of(out)
    with atomic_path(archive) as temporary, zipfile.ZipFile(temporary, "w") as zipped:
        for path in sorted(path for path in out.rglob("*") if path.is_file()):
            # Images are packed already.
            how = zipfile.ZIP_STORED if path.suffix == ".webp" else zipfile.ZIP_DEFLATED
            zipped.write(path, f"{name}/{path.relative_to(out).as_posix()}", how)
        properties = json.dumps(_properties(study, name), ensure_ascii=False)
        zipped.writestr(f"{name}.jas", properties, zipfile.ZIP_DEFLATED)
    return archive


def _properties(study: Study, name: str) -> dict[str, Any]:
    # JATOS takes no markup in titles; a study's is text.
    title = (study.title or study.name).replace("<", " ").replace(">", " ").strip()[:TITLE_LENGTH]
    component = {
        "uuid": _identity(study, "component"),
        "title": title,
        "htmlFilePath": "index.html",
        # A reload goes on where the session was.
        "reloadable": True,
        "active": True,
        "comments": "",
        "jsonData": None,
    }
    batch = {
        "uuid": _identity(study, "batch"),
        "title": "Default",
        "active": True,
        "maxActiveMembers": None,
        "maxTotalMembers": None,
        "maxTotalWorkers": None,
        "allowedWorkerTypes": list(WORKERS),
        "comments": None,
        "jsonData": None,
    }
    data = {
        "uuid": _identity(study, "study"),
        "title": title,
        "description": "",
        "groupStudy": False,
        "linearStudy": False,
        "dirName": name,
        "comments": "",
        "jsonData": None,
        "endRedirectUrl": "",
        "componentList": [component],
        "batchList": [batch],
    }
    return {"version": VERSION, "data": data}


def _identity(study: Study, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{study.fingerprint()}/{what}"))
