"""The one error a user of this laboratory is meant to see."""


class StudyError(Exception):
    """A mistake in a file or a command that its user can mend.

    The message is one or a few lines: what was found where, and what would be right. Every
    command prints it without a traceback and ends with exit code 2.
    """


def add_note(error: BaseException, note: str) -> None:
    """Let an error say something besides, as :meth:`BaseException.add_note` does.

    Python 3.10 lacks the method, and shows notes only where they are read, as at the edge of the
    command line.
    """
    notes = [*getattr(error, "__notes__", []), note]
    setattr(error, "__notes__", notes)  # noqa: B010 - no attribute of 3.10's exceptions
