"""What all rooms agree on: study file, tables, folder, and every participant's trials."""

import sys

if sys.version_info < (3, 11):
    # The last pandas for this Python is 2. With these it keeps text and copies as pandas 3 does,
    # and says nothing of what changes there: the types of columns are a schema's.
    import warnings

    import pandas as pd

    pd.set_option("mode.copy_on_write", True)
    pd.set_option("future.infer_string", True)
    warnings.filterwarnings("ignore", "The behavior of DataFrame concatenation", FutureWarning)
