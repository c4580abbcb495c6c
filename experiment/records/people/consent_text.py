"""The text that a participant agreed to, kept beside the data."""

import hashlib
from pathlib import Path
from typing import Any

from conditions.files import write_text
from conditions.study.study import Study


def keep_text(data: Path, study: Study, given: dict[str, Any] | None) -> None:
    """Keep the text that was agreed to beside the session's data: the study's may be amended.

    Parameters
    ----------
    data : Path
        The session's folder.
    study : Study
        With the text as it is now.
    given : dict or None
        What ``session.json`` says of the consent: ``text_sha256``, ``language`` and more.
    """
    if given is None or study.consent is None or given["language"] not in study.languages:
        return
    words = study.consent.read_in(given["language"])
    path = data / f"consent-{given['text_sha256'][:8]}.txt"
    if text_sha256(words) == given["text_sha256"] and not path.exists():
        write_text(path, words)


def text_sha256(words: str) -> str:
    """By which a text is known."""
    return hashlib.sha256(words.encode()).hexdigest()
