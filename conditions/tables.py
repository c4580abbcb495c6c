"""The laboratory's tables: one schema each, from which checks and data dictionaries come."""

from conditions.schema import Column, Table

GRID = 9


LEFT_COLUMNS = tuple(f"left_{i}" for i in range(1, GRID + 1))


RIGHT_COLUMNS = tuple(f"right_{i}" for i in range(1, GRID + 1))


POLES = ("min", "max")


PHASES = ("intuitiveness", "practice", "main", "repeat")


CONDITIONS = ("natural", "synthetic", "mixed", "blurred", "none")


REFERENCE_TITLES = ("min", "max", "natural", "synthetic")


ANSWERS = ("upper", "lower")


_UNIT = Column("unit", "str", "Name of the unit: layer and channel, as in mixed4a_0427.")


_LAYER = Column("layer", "str", "Layer of the network that the unit belongs to.")


_BRANCH = Column(
    "branch",
    "str",
    "Branch of the layer that the channel lies in; empty where the model has no branches.",
    levels=("1x1", "3x3", "5x5", "pool"),
    required=False,
)


_CHANNEL = Column("channel", "int", "Channel of the layer, counted from 0.", minimum=0)


_PICK = Column(
    "pick",
    "str",
    "How the unit was chosen: drawn at random, or picked by hand.",
    levels=("random", "hand_picked"),
)


UNITS = Table(
    "units",
    "The units of a study, one row each.",
    (
        _UNIT,
        _LAYER,
        _BRANCH,
        _CHANNEL,
        _PICK,
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


_ACTIVATION_UNIT = "arbitrary (the network's own)"


STIMULI = Table(
    "stimuli",
    "Every reference and query image of a study, one row each.",
    (
        _UNIT,
        Column(
            "kind",
            "str",
            "Photograph, optimised image or blurred photograph.",
            levels=("natural", "synthetic", "blurred"),
        ),
        Column("pole", "str", "Drives the unit least (min) or most (max).", levels=POLES),
        Column(
            "batch",
            "int",
            "Batch of natural images, counted from 0; empty for synthetic images.",
            required=False,
            minimum=0,
        ),
        Column(
            "rank",
            "int",
            "Place among the images of its batch and pole, by rising activation: min_0 comes from "
            "the rank bin of the lowest activations of the pool, the last max image from the "
            "highest. Synthetic images: order of optimisation.",
            minimum=0,
        ),
        Column(
            "activation",
            "float",
            "Mean pre-ReLU activation of the unit over all positions, re-measured from the "
            "written file.",
            unit=_ACTIVATION_UNIT,
        ),
        Column(
            "path",
            "str",
            "Image file, relative to the study folder. Sets of natural images with another number "
            "of bins than the study's main one lie in folders sets_of_N.",
        ),
        Column("source", "str", "Natural: image of the pool (and crop). Synthetic: the method."),
        Column("sha256", "str", "SHA-256 of the image file."),
    ),
    key=("path",),
)


SYNTHETIC_REPORT = Table(
    "synthetic_report",
    "How each set of synthetic images was made and how it compares, one row a unit and pole.",
    (
        _UNIT,
        Column("pole", "str", "Drives the unit least (min) or most (max).", levels=POLES),
        Column("method", "str", "How images are parameterised.", levels=("fourier", "maco")),
        Column(
            "diversity_weight",
            "float",
            "Weight of the similarity term.",
            unit=_ACTIVATION_UNIT,
            minimum=0,
        ),
        Column("tries", "int", "Weights that were tried.", unit="weights", minimum=1),
        Column("steps", "int", "Steps of optimisation.", unit="steps", minimum=1),
        Column("seconds", "float", "Time of the last try, shared equally in a batch.", unit="s"),
        Column(
            "similarity",
            "float",
            "Mean cosine similarity of the images' Gram matrices at the unit's layer.",
            unit="1",
        ),
        Column("weakest", "float", "Activation of the least extreme image.", unit=_ACTIVATION_UNIT),
        Column("mean", "float", "Mean activation of the images.", unit=_ACTIVATION_UNIT),
        Column(
            "natural_mean",
            "float",
            "Mean activation of the natural images of this pole; empty where there are none.",
            unit=_ACTIVATION_UNIT,
            required=False,
        ),
        Column(
            "natural_most",
            "float",
            "Activation of the most extreme natural image of this pole.",
            unit=_ACTIVATION_UNIT,
            required=False,
        ),
        Column(
            "beats_natural",
            "bool",
            "Whether the weakest synthetic image is more extreme than every natural one.",
            required=False,
        ),
    ),
    key=("unit", "pole"),
)


POOL = Table(
    "pool",
    "Distribution of each unit's activation over the images of the pool, one row a unit. Mean, "
    "standard deviation and quantiles are those of a random sample of at most 2048 images.",
    (
        _UNIT,
        Column("n_images", "int", "Number of different usable images.", unit="images", minimum=1),
        Column("mean", "float", "Mean activation.", unit=_ACTIVATION_UNIT),
        Column("sd", "float", "Standard deviation.", unit=_ACTIVATION_UNIT, minimum=0),
        Column("min", "float", "Lowest activation of all images.", unit=_ACTIVATION_UNIT),
        Column("q25", "float", "Lower quartile.", unit=_ACTIVATION_UNIT),
        Column("median", "float", "Median.", unit=_ACTIVATION_UNIT),
        Column("q75", "float", "Upper quartile.", unit=_ACTIVATION_UNIT),
        Column("max", "float", "Highest activation of all images.", unit=_ACTIVATION_UNIT),
    ),
    key=("unit",),
)


HISTOGRAM = Table(
    "histogram",
    "Histogram of each unit's activation over a random sample of the pool, one row a bin.",
    (
        _UNIT,
        Column("low", "float", "Lower edge of the bin.", unit=_ACTIVATION_UNIT),
        Column("high", "float", "Upper edge of the bin.", unit=_ACTIVATION_UNIT),
        Column("count", "int", "Images of the sample in the bin.", unit="images", minimum=0),
    ),
    key=("unit", "low"),
)


EXTREMES = Table(
    "extremes",
    "The most extreme images of the pool for every channel of every layer, one row each.",
    (
        _UNIT,
        Column("pole", "str", "Drives the unit least (min) or most (max).", levels=POLES),
        Column("place", "int", "Place by activation: 1 is the most extreme.", minimum=1),
        Column("activation", "float", "Activation as scanned.", unit=_ACTIVATION_UNIT),
        Column("source", "str", "Image of the pool (and crop)."),
    ),
    key=("unit", "pole", "place"),
)


POOL_REPORT = Table(
    "pool_report",
    "Images of the pool that were not taken as they are, one row each.",
    (
        Column("image", "str", "Image of the pool (and crop)."),
        Column(
            "status",
            "str",
            "What became of it: converted to upright RGB (and used), or passed over as unreadable, "
            "broken, too small, or a duplicate (the same pixels as an earlier image).",
            levels=("converted", "unreadable", "broken", "too_small", "duplicate"),
        ),
        Column("detail", "str", "What was converted or wrong.", required=False),
        Column("duplicate_of", "str", "The earlier image.", required=False),
    ),
    key=("image",),
)


_TRIAL = Column(
    "trial",
    "int",
    "Number of the trial in the session, counted from 0: practice and main trials in the order of "
    "their presentation, then repeats, then intuitiveness trials, whenever they are shown.",
    minimum=0,
)


_DECIDED = (
    _TRIAL,
    Column(
        "block",
        "int",
        "Number of the block in the session, counted from 0, practice blocks included; empty for "
        "intuitiveness trials.",
        required=False,
        minimum=0,
    ),
    Column("phase", "str", "Part of the session.", levels=PHASES),
    Column(
        "condition",
        "str",
        "Kind of the reference images: photographs, feature visualisations, half of each, blurred "
        "photographs, or none; empty for intuitiveness trials.",
        levels=CONDITIONS,
        required=False,
    ),
    Column(
        "scheme",
        "str",
        "Which references are shown, as in Min-Max-9: nine minimally and nine maximally "
        "activating ones; empty without references and for intuitiveness trials.",
        required=False,
    ),
    Column(
        "n_references",
        "int",
        "Number of references a side.",
        minimum=0,
        maximum=GRID,
        unit="images",
    ),
    Column("catch", "bool", "Catch trial: both queries are copies of shown references."),
    _UNIT,
    _LAYER,
    _BRANCH,
    _CHANNEL,
    _PICK,
    Column(
        "batch",
        "int",
        "Batch of natural images that queries and natural references come from; empty for "
        "intuitiveness trials.",
        required=False,
        minimum=0,
    ),
)


_TITLES_AND_QUERIES = (
    Column(
        "left_title",
        "str",
        "What the left grid shows: min or max (activating), natural or synthetic.",
        levels=REFERENCE_TITLES,
        required=False,
    ),
    Column(
        "right_title", "str", "What the right grid shows.", levels=REFERENCE_TITLES, required=False
    ),
    Column("upper", "str", "Upper query image, relative to the study folder.", required=False),
    Column("lower", "str", "Lower query image, relative to the study folder.", required=False),
    Column(
        "correct_response",
        "str",
        "Place of the query that activates the unit more; empty for intuitiveness trials.",
        levels=ANSWERS,
        required=False,
    ),
)


def _grid(columns: tuple[str, ...], side: str) -> tuple[Column, ...]:
    return tuple(
        Column(
            name,
            "str",
            f"Reference image {i} of the {side} grid (row by row from the top left), relative to "
            "the study folder; empty where the scheme shows fewer.",
            required=False,
        )
        for i, name in enumerate(columns, start=1)
    )


CONDITION_FILE = Table(
    "conditions",
    "All trials of one participant, fully decided before the session, one row each.",
    _DECIDED + _grid(LEFT_COLUMNS, "left") + _grid(RIGHT_COLUMNS, "right") + _TITLES_AND_QUERIES,
    key=("trial",),
)


TRIALS = Table(
    "trials",
    "The trials of one session in the order of their presentation, one row each.",
    (
        Column("participant", "int", "Number of the participant, from 1.", minimum=1),
        Column("session", "int", "Number of the participant's session, from 1.", minimum=1),
        *_DECIDED,
        *_TITLES_AND_QUERIES,
        Column(
            "response",
            "str",
            "The query that the participant chose; empty if the deadline passed.",
            levels=ANSWERS,
            required=False,
        ),
        Column(
            "correct",
            "bool",
            "Whether the response is the correct one; empty if the deadline passed.",
            required=False,
        ),
        Column(
            "confidence",
            "int",
            "Confidence, from 1 (not confident) to 3 (very confident).",
            minimum=1,
            maximum=3,
            required=False,
        ),
        Column(
            "rt",
            "float",
            "Reaction time: from the flip that showed the trial to the press that chose a query.",
            unit="s",
            minimum=0,
            required=False,
        ),
        Column(
            "confidence_rt",
            "float",
            "From the press that chose a query to the press that gave the confidence; empty where "
            "one press said both.",
            unit="s",
            minimum=0,
            required=False,
        ),
        Column("timed_out", "bool", "Whether the deadline passed without an answer."),
        Column("onset", "float", "Flip that showed the trial.", unit="s since session start"),
        Column(
            "dropped_frames",
            "int",
            "Frame intervals of the trial longer than 1.5 refresh periods.",
            unit="frames",
            minimum=0,
        ),
        Column(
            "max_frame_ms", "float", "Longest frame interval of the trial.", unit="ms", minimum=0
        ),
        Column(
            "repeat_of",
            "int",
            "Number of the trial that this one repeats; empty otherwise.",
            required=False,
            minimum=0,
        ),
        Column("started_at", "str", "Date and time of the onset, ISO 8601 with UTC offset."),
    ),
    key=("participant", "session", "trial"),
)


RATINGS = Table(
    "ratings",
    "Intuitiveness ratings of one session, one row each.",
    (
        Column("participant", "int", "Number of the participant, from 1.", minimum=1),
        Column("session", "int", "Number of the participant's session, from 1.", minimum=1),
        Column("moment", "str", "Part of the session.", levels=("beginning", "end")),
        _TRIAL,
        _UNIT,
        Column(
            "rating",
            "int",
            "How intuitive the explanation is, from -100 (not intuitive) to 100.",
            minimum=-100,
            maximum=100,
        ),
        Column("rt", "float", "From the onset to the confirmed rating.", unit="s", minimum=0),
    ),
    key=("participant", "session", "trial"),
)


PARTICIPANTS = Table(
    "participants",
    "Who took part; kept apart from the trials.",
    (
        Column("participant_id", "str", "sub- and the participant's number, as in sub-001."),
        Column("age", "int", "Age.", unit="years", required=False, minimum=0, maximum=130),
        Column("gender", "str", "Gender, as told by the participant.", required=False),
        Column(
            "handedness",
            "str",
            "Preferred hand.",
            levels=("right", "left", "ambidextrous"),
            required=False,
        ),
        Column("vision", "str", "Vision, normal or corrected to normal.", required=False),
        Column("expertise", "str", "Experience with CNNs.", required=False),
        Column("date", "str", "Day of the session, ISO 8601."),
    ),
    key=("participant_id",),
)


FRAMES = Table(
    "frames",
    "Frame intervals of one session, one row a frame of a trial from onset to answer.",
    (
        _TRIAL,
        Column("frame", "int", "Number of the frame in the trial, from 1.", minimum=1),
        Column("interval_ms", "float", "Since the frame before.", unit="ms", minimum=0),
    ),
    key=("trial", "frame"),
)


PRESSES = Table(
    "presses",
    "Key presses that the scripted observer made, in order, one row each.",
    (
        Column(
            "trial",
            "int",
            "Number of the trial; empty on pages between trials.",
            required=False,
            minimum=0,
        ),
        Column(
            "question",
            "str",
            "What was on the screen.",
            levels=("page", "choice", "confidence", "combined", "rating"),
        ),
        Column("key", "str", "Key by PsychoPy's name."),
        Column("rt", "float", "From the flip that showed the question to the press.", unit="s"),
    ),
)
