"""All mutations, by the files that they are made for."""

from fnmatch import fnmatch

from tests.fuzz.mutations import any_file, fields, kinds, pictures, sessions, tables, trees
from tests.fuzz.mutations.mutation import Mutation

TREES = trees.MUTATIONS
FILES = (
    *any_file.MUTATIONS,
    *tables.MUTATIONS,
    *fields.MUTATIONS,
    *kinds.MUTATIONS,
    *sessions.MUTATIONS,
    *pictures.MUTATIONS,
)


def of_file(name: str) -> list[Mutation]:
    """Mutations of a file by its path relative to the case's root, the special ones first."""
    return [m for m in FILES if any(fnmatch(name, pattern) for pattern in m.files)]


__all__ = ["FILES", "TREES", "Mutation", "of_file"]
