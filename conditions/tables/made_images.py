"""The tables of how images were made: visualisations and accentuated images."""

from conditions.tables.schema import Column, Table
from conditions.tables.stimuli import ACTIVATION_UNIT, POLES, UNIT

# How a set compares with the study's photographs: absent in reports of earlier versions, empty
# where there are too few photographs.
_JUDGED = (
    Column(
        "border_index",
        "float",
        "What the images have in common at their borders, in colour and in the unit's activation: "
        "the frame (16 px of 224) and each corner against the inside; not what the network's own "
        "padding does there to any image. In units of what 95 % of sets of as many photographs "
        "stay below.",
        unit="1",
        required=False,
        minimum=0,
        optional=True,
    ),
    Column(
        "high_frequencies",
        "float",
        "Mean share of the images' luminance energy above a quarter of a cycle a pixel, divided "
        "by the share of the median photograph.",
        unit="1",
        required=False,
        minimum=0,
        optional=True,
    ),
    Column(
        "natural_similarity",
        "float",
        "As similarity, of as many natural images of the unit and pole, the most extreme ones; "
        "empty where there are fewer than two.",
        unit="1",
        required=False,
        optional=True,
    ),
    Column(
        "as_diverse",
        "bool",
        "Whether the images differ from one another as much as those natural ones: similarity is "
        "not above natural_similarity.",
        required=False,
        optional=True,
    ),
)

SYNTHETIC_REPORT = Table(
    "synthetic_report",
    "How each set of visualisations was made and how it compares, one row a kind, unit and pole.",
    (
        Column(
            "name",
            "str",
            "The study's name for the kind; absent in reports from before studies named kinds.",
            required=False,
            optional=True,
        ),
        UNIT,
        Column("pole", "str", "Drives the unit least (min) or most (max).", levels=POLES),
        Column("method", "str", "How images are parameterised.", levels=("fourier", "maco")),
        Column(
            "diversity_weight",
            "float",
            "Weight of the similarity term.",
            unit=ACTIVATION_UNIT,
            minimum=0,
        ),
        Column("tries", "int", "Weights that were tried.", unit="weights", minimum=1),
        Column("steps", "int", "Steps of optimisation.", unit="steps", minimum=1),
        Column(
            "precision",
            "str",
            "Full, or mixed: the network ran in bfloat16 where that is safe; absent in reports of "
            "earlier versions.",
            levels=("full", "mixed"),
            required=False,
            optional=True,
        ),
        Column("seconds", "float", "Time of the last try, shared equally in a batch.", unit="s"),
        Column(
            "similarity",
            "float",
            "Mean cosine similarity of the images' Gram matrices at the unit's layer; empty where "
            "a channel of the layer is not finite.",
            unit="1",
            required=False,
        ),
        Column("weakest", "float", "Activation of the least extreme image.", unit=ACTIVATION_UNIT),
        Column("mean", "float", "Mean activation of the images.", unit=ACTIVATION_UNIT),
        Column(
            "natural_mean",
            "float",
            "Mean activation of the natural images of this pole; empty where there are none.",
            unit=ACTIVATION_UNIT,
            required=False,
        ),
        Column(
            "natural_most",
            "float",
            "Activation of the most extreme natural image of this pole.",
            unit=ACTIVATION_UNIT,
            required=False,
        ),
        Column(
            "beats_natural",
            "bool",
            "Whether the weakest synthetic image is more extreme than every natural one.",
            required=False,
        ),
        *_JUDGED,
    ),
    key=("name", "unit", "pole"),
)


ACCENTUATION_REPORT = Table(
    "accentuation_report",
    "What became of each image that was optimised towards a pole, one row each.",
    (
        Column("name", "str", "The study's name of the kind."),
        UNIT,
        Column("pole", "str", "Drives the unit least (min) or most (max).", levels=POLES),
        Column("batch", "int", "See the table of stimuli.", required=False, minimum=0),
        Column("rank", "int", "See the table of stimuli.", minimum=0),
        Column("path", "str", "Image file, relative to the study folder."),
        Column(
            "before",
            "float",
            "Activation of the unit for the image that it was made of.",
            unit=ACTIVATION_UNIT,
        ),
        Column("after", "float", "Activation for the image.", unit=ACTIVATION_UNIT),
        Column(
            "rise",
            "float",
            "How far the activation went towards the pole, in standard deviations over the pool; "
            "empty for dead units.",
            unit="SD",
            required=False,
        ),
        Column(
            "distance",
            "float",
            "From the image that it was made of, in the layer that the study says, as a share of "
            "that of two images of the unit (root mean square).",
            unit="1",
            minimum=0,
        ),
        Column("steps", "int", "Steps of optimisation.", unit="steps", minimum=0),
        Column("seconds", "float", "Time, shared equally in a batch.", unit="s", minimum=0),
    ),
    key=("path",),
)
