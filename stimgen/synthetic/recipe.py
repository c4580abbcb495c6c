"""The recipe of a kind of visualisations, by the study's name for it."""

from conditions.study.kinds.visualisation import Visualisation
from conditions.study.study import Study


def recipe_of(study: Study, name: str) -> Visualisation:
    """The recipe of the visualisations that a study calls so."""
    recipe = study.references[name]
    assert isinstance(recipe, Visualisation)  # whoever calls has looked at its kind
    return recipe
