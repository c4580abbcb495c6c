"""Which module makes the images of which kind; a new kind is a line here."""

from conditions.study.kinds.accentuation import Accentuation
from conditions.study.kinds.blurred import Blurred
from conditions.study.kinds.crops import Crops
from conditions.study.kinds.files import Files
from conditions.study.kinds.kind import ReferenceKind
from conditions.study.kinds.visualisation import Visualisation
from stimgen.kinds import accentuation, blurred, crops, files, visualisation
from stimgen.kinds.making import Maker

# Photographs are not among them: every study needs those that are queries. Nor are kinds that have
# no images of their own.
MAKERS: dict[type[ReferenceKind], Maker] = {
    Visualisation: visualisation,
    Accentuation: accentuation,
    Blurred: blurred,
    Crops: crops,
    Files: files,
}


def maker_of(kind: ReferenceKind) -> Maker:
    """The module that makes the images of a kind."""
    return MAKERS[type(kind)]
