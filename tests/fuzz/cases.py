"""One case: a copy of the study, one thing damaged, one command, and what is wrong with its end."""

import html
import json
import re
import shutil
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from random import Random

from tests.fuzz.bases import Base
from tests.fuzz.commands import COMMANDS, Command, Done, execute
from tests.fuzz.mutations import TREES, Mutation, of_file

# What a command puts aside before it writes anew.
_KEPT = re.compile(r"\.(torn|damaged)-")
LONGEST_LINE, MOST_LINES = 500, 60
# Studies lie anywhere; these letters must do no harm.
NAMES = ("plain", "with spaces", "größe [red]", "[/]", "{0} %s 'x'", "x" * 200, "日本", "a&b;c")
ENCODINGS = ("utf-8", "utf-8", "utf-8", "ascii", "cp1252")


@dataclass(frozen=True)
class Case:
    """What was done and what came of it."""

    seed: int
    mutation: Mutation
    file: str
    words: str
    command: Command
    done: Done
    faults: list[str]

    def __str__(self) -> str:
        line = f"python -m {self.command.room} {' '.join(self.done.arguments)}"
        return "\n".join(
            [
                f"seed {self.seed}: {self.file}: {self.mutation.name}: {self.words}",
                f"    {line}",
                *(f"    {fault}" for fault in self.faults),
                f"    replay: FUZZ={self.seed}-{self.seed} pytest tests/fuzz -k replay",
            ]
        )


def run_case(
    seed: int,
    base: Base,
    root: Path,
    usual: dict[str, set[str]],
    kind: tuple[Mutation, Command] | None = None,
) -> Case:
    """Run the case of a seed.

    Parameters
    ----------
    seed : int
        Decides the place, the command, the file and what is done to it.
    base : Base
        The study.
    root : Path
        An empty folder for the case's copy, which is removed.
    usual : dict
        By command, the lines that it prints and writes about the undamaged study.
    kind : tuple of Mutation and Command, optional
        What is not left to the seed.
    """
    rng = Random(seed)
    copy = base.copy(root / rng.choice(NAMES))
    try:
        drawn = rng.choices(COMMANDS, [c.weight for c in COMMANDS])[0]
        command = drawn if kind is None else kind[1]
        mutation, file, words = _damage(copy.root, command, rng, kind and kind[0])
        before = snapshot(copy.root)
        done = execute(command, copy, rng.choice(ENCODINGS))
        faults = [*_end(done, copy), *_data(before, snapshot(copy.root), command, done)]
        # What cannot be told apart from the laboratory's own is no silent acceptance.
        if command.name in mutation.silent_is_wrong and not _said(done, copy, usual[command.name]):
            faults.append("accepted in silence")
        return Case(seed, mutation, file, words, command, done, faults)
    finally:
        shutil.rmtree(copy.root)


def _damage(
    root: Path, command: Command, rng: Random, wanted: Mutation | None
) -> tuple[Mutation, str, str]:
    """Apply one mutation to one file that the command reads, or to the tree around it."""
    files = [path.relative_to(root).as_posix() for path in sorted(root.rglob("*"))]
    while True:
        if wanted is not None:
            # Of all that it is made for, a file that the command reads, if it reads one.
            fits = [name for name in (".", *files) if any(fnmatch(name, p) for p in wanted.files)]
            read = [name for name in fits if any(fnmatch(name, p) for p in command.reads)]
            mutation, file = wanted, rng.choice(read or fits)
        elif rng.random() < 0.15 and command.name != "describe":
            mutation, file = rng.choice(TREES), "."
        else:
            pattern = rng.choice(command.reads)
            fitting = [name for name in files if fnmatch(name, pattern) and (root / name).is_file()]
            if not fitting:
                continue
            file = rng.choice(fitting)
            possible = of_file(file)
            # Those made for this command come more often than by their number.
            told = [m for m in possible if command.name in m.silent_is_wrong]
            mutation = rng.choice(told if told and rng.random() < 0.3 else possible)
        words = mutation.do(root / file, rng)
        if words is not None:
            return mutation, file, words


def snapshot(root: Path) -> dict[str, bytes | None]:
    """Every file by its path with its bytes; folders and links have none."""
    found: dict[str, bytes | None] = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        plain = path.is_file() and not path.is_symlink()
        found[name] = path.read_bytes() if plain else None
    return found


def said_lines(done: Done, copy: Base) -> set[str]:
    """Lines of the output and of the pages that were written, without the case's own path."""
    pages = [copy.study / "report" / name for name in ("report.html", "session-001.html")]
    text = [done.out, done.err]
    for page in pages:
        if page.is_file():
            plain = re.sub(r"<(style|script)>.*?</\1>", " ", page.read_text(), flags=re.S)
            text.append(html.unescape(re.sub(r"<[^>]+>", "\n", plain)))
    joined = "\n".join(text).replace(str(copy.root), "ROOT")
    return {" ".join(line.split()) for line in joined.splitlines() if line.strip()}


def _end(done: Done, copy: Base) -> list[str]:
    """What is wrong with how the command ended."""
    if done.crash is not None:
        last = done.crash.strip().splitlines()
        where = [line.strip() for line in last if line.strip().startswith("File")][-3:]
        return [f"traceback: {last[-1][:300]}", *where]
    if done.at_window:
        return []
    if done.code not in (0, 2):
        return [f"exit code {done.code!r}"]
    if "Traceback" in done.err:
        return ["a traceback is printed"]
    if done.code == 0:
        return []
    message = done.err.replace(str(copy.root), "ROOT")
    lines = message.strip().splitlines()
    if not lines:
        return ["exit code 2 without a word"]
    faults = []
    if longest := [line for line in lines if len(line) > LONGEST_LINE]:
        faults.append(f"a line of {len(longest[0])} letters: {longest[0][:200]}")
    if len(lines) > MOST_LINES:
        faults.append(f"{len(lines)} lines")
    if not re.search(r"/\w|--\w|\.(ya?ml|csv|tsv|json|png)", message):
        faults.append(f"names no file and no option: {lines[0][:300]}")
    return faults


def _data(
    before: dict[str, bytes | None], after: dict[str, bytes | None], command: Command, done: Done
) -> list[str]:
    """What was done to files that were there, and what was made where nothing is to be made."""
    faults = []
    for name, content in before.items():
        if name in after and after[name] == content:
            continue
        if fnmatch(name, f"{'studies/rehearsal_fuzz'}/report/*") and command.room == "analysis":
            continue
        allowed = done.code == 0 and any(fnmatch(name, pattern) for pattern in command.grows)
        if not (allowed and _has_all(before, after, name)) and not _aside(before, after, name):
            faults.append(f"{name}: {'gone' if name not in after else 'changed'}")
    for name in after.keys() - before.keys():
        if not any(fnmatch(name, pattern) for pattern in command.makes):
            faults.append(f"{name}: made")
    return faults


def _aside(before: dict[str, bytes | None], after: dict[str, bytes | None], name: str) -> bool:
    """Whether what a file has lost, a torn row or all that is damaged, lies beside it."""
    content, left = before[name] or b"", after.get(name) or b""
    kept = [more for new, more in after.items() if new not in before and _KEPT.search(new)]
    return content.startswith(left) and (content[len(left) :] or None) in [*kept, None]


def _has_all(before: dict[str, bytes | None], after: dict[str, bytes | None], name: str) -> bool:
    """Whether nothing of a file is lost: each line is there, perhaps with more columns.

    An earlier ``session.json`` is kept beside the later one; the last line may have been torn.
    """
    content, found = before[name], after.get(name)
    if content is None or found is None:
        return found is not None
    if name.endswith("provenance.json"):
        return json.loads(content) in _as_they_were(json.loads(found))
    if name.endswith("session.json"):
        return content in [more for new, more in after.items() if new not in before]
    lines = [line.split(b"\t") for line in found.splitlines()]
    # A person's empty cells may have been filled, in wider rows.
    return all(
        any(
            len(old) <= len(line) and all(a in (b"", b) for a, b in zip(old, line, strict=False))
            for line in lines
        )
        for old in (row.split(b"\t") for row in content.splitlines()[:-1])
    )


def _as_they_were(last: dict) -> list[dict]:
    """Runs before the last one, as they were when they were the last; the first has none before."""
    runs = last.get("earlier", [])
    return [{**run, **({"earlier": runs[:i]} if i else {})} for i, run in enumerate(runs)]


def _said(done: Done, copy: Base, usual: set[str]) -> bool:
    """Whether it was refused, or something said that is not said of the undamaged study."""
    if done.code != 0:
        return True
    return any(_is_remark(line) for line in said_lines(done, copy) - usual)


def _is_remark(line: str) -> bool:
    return bool(re.search(r"^[!✗] |Participant \d+:|sub-\d+|passed over|\.(csv|json|tsv)\b", line))
