"""Debian packages with photographs in them: fetch, unpack, and list what is freely licensed."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import pandas as pd

from stimgen.photographs.qt_resources import read_resources

HERE = Path(__file__).parent
VERSIONS = {
    "gcompris-qt-data": "3.1-2",
    "libjxl-testdata": "0.0~git20230110.d6168ff-1",
    "lomiri-wallpapers-16.04": "20.04.0-2",
    "lomiri-wallpapers-20.04": "20.04.0-2",
    "palapeli-data": "4:22.12.3-1",
    "python3-skimage": "0.19.3-8",
    "python3-sklearn": "1.2.1+dfsg-1",
}
GCOMPRIS_ACTIVITIES = (
    "categorization",
    "clickgame",
    "details",
    "erase",
    "explore_farm_animals",
    "explore_monuments",
    "explore_world_animals",
    "explore_world_music",
)
FREE_LICENCE = re.compile(r"public domain|CC0-1\.0|CC-BY(-SA)?-[234]\.0")


class BuildError(Exception):
    """The pool can't be built; the message says why in one line."""


def fetch_packages(folder: Path) -> None:
    """Download every package of `VERSIONS` into `folder` with ``apt-get``."""
    for name, version in VERSIONS.items():
        command = ["apt-get", "download", f"{name}={version}"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        except FileNotFoundError:
            raise BuildError("apt-get isn't there: pass the packages with --debs") from None
        if done.returncode:
            raise BuildError(f"apt-get can't download {name} {version}: pass it with --debs")


def unpack_packages(debs: Path, folder: Path) -> None:
    """Unpack every package of `VERSIONS` found in `debs` into ``folder/NAME``."""
    for name, version in VERSIONS.items():
        found = sorted(debs.glob(f"{name}_*.deb"))
        if not found:
            raise BuildError(f"package {name} is missing from {debs}")
        try:
            has = _output(["dpkg-deb", "-f", found[0], "Version"])
            if has != version:
                raise BuildError(f"package {name} has version {has}, wanted is {version}")
            _output(["dpkg-deb", "-x", found[0], folder / name])
        except FileNotFoundError:
            raise BuildError("dpkg-deb isn't there: build the pool on a Debian system") from None
        except subprocess.CalledProcessError:
            raise BuildError(f"{found[0]} can't be unpacked") from None


def _output(command: list[str | Path]) -> str:
    """Run `command` and return what it printed."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def gcompris_candidates(folder: Path) -> Iterator[dict[str, Any]]:
    """List the freely licensed photographs of GCompris.

    Parameters
    ----------
    folder : Path
        The unpacked package.

    Yields
    ------
    dict
        The descriptive columns of ``photographs.csv``, and the picture's bytes as ``content``.
    """
    for activity in GCOMPRIS_ACTIVITIES:
        path = f"usr/share/gcompris-qt/rcc/{activity}.rcc"
        files = read_resources((folder / path).read_bytes())
        for readme in sorted(name for name in files if name.endswith("/README")):
            for name, about in parse_readme(files[readme].decode()).items():
                original = str(PurePosixPath(readme).parent / name)
                if original in files and FREE_LICENCE.fullmatch(about["licence"]):
                    stem = PurePosixPath(name).stem.removesuffix("_background")
                    yield {
                        "file": f"{activity.removeprefix('explore_')}-{stem}.webp".lower(),
                        "source": _source("gcompris-qt-data", path),
                        "original": original,
                        "title": _commons_title(about["source_url"]) or stem,
                        **about,
                        "content": files[original],
                    }


def parse_readme(text: str) -> dict[str, dict[str, str]]:
    """Read author, licence and source of each WebP picture that a GCompris README names.

    Parameters
    ----------
    text : str
        Paragraphs of ``Key: value`` lines, the last key being followed by file names.

    Returns
    -------
    dict of str to dict
        ``author``, ``licence`` and ``source_url`` by file name.
    """
    pictures = {}
    for paragraph in re.split(r"\n\s*\n", text):
        keys = dict(re.findall(r"^(\w+):[ \t]*(.*?)\s*$", paragraph, re.MULTILINE))
        about = {
            "author": keys.get("Copyright", ""),
            "licence": _licence(keys.get("License", "")),
            "source_url": keys.get("Source", ""),
        }
        photo = r"a(?:n original image| photo) by (.+), license (.+), source at (\S+)"
        if based_on := re.search(photo, keys.get("Comment", "")):
            author, licence, about["source_url"] = based_on.groups()
            about["author"] = f"{author} ({_licence(licence)}); adapted by {about['author']}"
        for name in re.findall(r"^(?:Files:)?[ \t]*(\S+\.webp)\s*$", paragraph, re.MULTILINE):
            pictures[name] = about
    return pictures


def _licence(text: str) -> str:
    """Return one spelling per licence."""
    return "public domain" if text.lower() == "public domain" else text.replace(" ", "-")


def _commons_title(url: str) -> str:
    """Return the title in a Wikimedia Commons address, '' if it is another address."""
    found = re.search(r"commons\.wikimedia\.org/wiki/File:(.+)\.\w+$", url)
    return unquote(found[1]).replace("_", " ") if found else ""


def _source(package: str, path: str) -> str:
    return f"{package} {VERSIONS[package]}: {path}"


def other_candidates(folder: Path) -> Iterator[dict[str, Any]]:
    """List the photographs of ``others.csv``, in the form of `gcompris_candidates`."""
    table = pd.read_csv(HERE / "others.csv", dtype=str, keep_default_na=False)
    for row in table.to_dict("records"):
        path = PurePosixPath(row["path"])
        prefix = re.sub(r"^python3-|-.*$", "", row["package"])
        yield {
            "file": f"{prefix}-{path.stem.split('_by_')[0]}.webp".lower(),
            "source": _source(row["package"], row["path"]),
            "original": path.name,
            "title": row["title"],
            "author": row["author"],
            "licence": row["licence"],
            "source_url": row["source_url"],
            "content": (folder / row["package"] / path).read_bytes(),
        }
