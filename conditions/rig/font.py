"""The font in which a rig shows its texts."""

from pydantic import model_validator

from conditions.yaml.strict import Strict, Text


class Font(Strict):
    """A family that is installed, by its ``name``, or a ``file`` beside the rig file.

    Without it, the language says which fonts have its letters.
    """

    name: Text | None = None
    file: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> "Font":
        if (self.name is None) == (self.file is None):
            raise ValueError("wanted either name or file")
        return self
