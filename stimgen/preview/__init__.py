"""Pages with every unit's images, to look at before anybody is tested."""

from stimgen.preview.pages import write_preview

__all__ = ["write_preview"]
