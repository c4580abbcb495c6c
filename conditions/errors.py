"""The one error a user of this laboratory is meant to see."""


class StudyError(Exception):
    """A mistake in a file or a command that its user can mend.

    The message is one or a few lines: what was found where, and what would be right. Every
    command prints it without a traceback and ends with exit code 2.
    """
