"""The tables of stimulus generation: units, images, and what is known of the pool."""

from conditions.tables.schema import Column, Table

POLES = ("min", "max")

UNIT = Column("unit", "str", "Name of the unit: layer or readout, and channel, as in mixed4a_0427.")


LAYER = Column(
    "layer", "str", "Layer of the network, or readout of the study, that the unit is a channel of."
)


BRANCH = Column(
    "branch",
    "str",
    "Branch of the layer that the channel lies in; empty where the model has no branches.",
    levels=("1x1", "3x3", "5x5", "pool"),
    required=False,
)


CHANNEL = Column("channel", "int", "Channel of the layer, counted from 0.", minimum=0)


PICK = Column(
    "pick",
    "str",
    "How the unit was chosen: drawn at random, or picked by hand.",
    levels=("random", "hand_picked"),
)


UNITS = Table(
    "units",
    "The units of a study, one row each.",
    (
        UNIT,
        LAYER,
        BRANCH,
        CHANNEL,
        PICK,
        Column(
            "role",
            "str",
            "What the unit is used for. Practice units also serve in catch trials unless the "
            "study names units for them.",
            levels=("main", "practice", "catch", "intuitiveness"),
        ),
        Column(
            "block",
            "str",
            "Block of units that are shown together; empty where the study has none.",
            required=False,
        ),
    ),
    key=("unit",),
)


_AS_WRITTEN = (
    r"In names, bytes that are no UTF-8, control characters, blanks at the ends and backslashes "
    r"stand as \xe9, \n, \x20 and \\."
)


ACTIVATION_UNIT = "arbitrary (the network's own)"


STIMULI = Table(
    "stimuli",
    "Every reference and query image of a study, one row each.",
    (
        UNIT,
        Column(
            "name",
            "str",
            "The study's name for the kind of the image; queries where no kind shows the pool's "
            "photographs. Absent in tables from before studies named their kinds.",
            required=False,
            optional=True,
        ),
        Column("kind", "str", "Kind of the image, as in photographs or visualisation."),
        Column(
            "method",
            "str",
            "How it was made, as in fourier; of images from elsewhere the tool, where it is known.",
            required=False,
            optional=True,
        ),
        Column("pole", "str", "Drives the unit least (min) or most (max).", levels=POLES),
        Column(
            "batch",
            "int",
            "Batch of natural images, counted from 0; empty for kinds that have one set for each "
            "unit and pole.",
            required=False,
            minimum=0,
        ),
        Column(
            "rank",
            "int",
            "Place among the images of its batch and pole, by rising activation: min_0 comes from "
            "the rank bin of the lowest activations of the pool, the last max image from the "
            "highest. Visualisations: order of optimisation; images from elsewhere: as given.",
            minimum=0,
        ),
        Column(
            "activation",
            "float",
            "Activation of the unit (by default the mean over all positions, before an activation "
            "function where there is one), re-measured from the written file.",
            unit=ACTIVATION_UNIT,
        ),
        Column(
            "path",
            "str",
            "Image file, relative to the study folder. Sets of natural images with another number "
            "of bins than the study's main one lie in folders sets_of_N.",
        ),
        Column(
            "source",
            "str",
            f"Image of the pool (and crop) or file, and what was made of it, or how the image was "
            f"made. {_AS_WRITTEN}",
        ),
        Column("sha256", "str", "SHA-256 of the image file."),
        Column(
            "of_sha256",
            "str",
            "SHA-256 of the study's image that it was made of, as it was then; empty for images "
            "that are made of none.",
            required=False,
            optional=True,
        ),
    ),
    key=("path",),
)


POOL = Table(
    "pool",
    "Distribution of each unit's activation over the images of the pool, one row a unit. Mean, "
    "standard deviation and quantiles are those of a random sample of at most 2048 images.",
    (
        UNIT,
        Column("n_images", "int", "Number of different usable images.", unit="images", minimum=1),
        Column("mean", "float", "Mean activation.", unit=ACTIVATION_UNIT),
        Column("sd", "float", "Standard deviation.", unit=ACTIVATION_UNIT, minimum=0),
        Column("min", "float", "Lowest activation of all images.", unit=ACTIVATION_UNIT),
        Column("q25", "float", "Lower quartile.", unit=ACTIVATION_UNIT),
        Column("median", "float", "Median.", unit=ACTIVATION_UNIT),
        Column("q75", "float", "Upper quartile.", unit=ACTIVATION_UNIT),
        Column("max", "float", "Highest activation of all images.", unit=ACTIVATION_UNIT),
    ),
    key=("unit",),
)


HISTOGRAM = Table(
    "histogram",
    "Histogram of each unit's activation over a random sample of the pool, one row a bin.",
    (
        UNIT,
        Column("low", "float", "Lower edge of the bin.", unit=ACTIVATION_UNIT),
        Column("high", "float", "Upper edge of the bin.", unit=ACTIVATION_UNIT),
        Column("count", "int", "Images of the sample in the bin.", unit="images", minimum=0),
    ),
    key=("unit", "low"),
)


EXTREMES = Table(
    "extremes",
    "The most extreme images of the pool for every channel of every layer, one row each.",
    (
        UNIT,
        Column("pole", "str", "Drives the unit least (min) or most (max).", levels=POLES),
        Column("place", "int", "Place by activation: 1 is the most extreme.", minimum=1),
        Column("activation", "float", "Activation as scanned.", unit=ACTIVATION_UNIT),
        Column("source", "str", f"Image of the pool (and crop). {_AS_WRITTEN}"),
    ),
    key=("unit", "pole", "place"),
)


POOL_REPORT = Table(
    "pool_report",
    "Images of the pool that were not taken as they are, or that drive units with activations that "
    "are not finite, one row each.",
    (
        Column("image", "str", f"Image of the pool (and crop). {_AS_WRITTEN}"),
        Column(
            "status",
            "str",
            "What became of it: converted to upright RGB (and used), or passed over as unreadable, "
            "broken, too small, or a duplicate (the same pixels as an earlier image). Good images "
            "(used as they are) are listed for units whose activation is not finite for them.",
            levels=("converted", "unreadable", "broken", "too_small", "duplicate", "good"),
        ),
        Column(
            "detail",
            "str",
            "What was converted or wrong; and the units whose activation is not finite (NaN or "
            "infinite) for the image, which is then not ranked for them.",
            required=False,
        ),
        Column("duplicate_of", "str", "The earlier image.", required=False),
    ),
    key=("image",),
)
