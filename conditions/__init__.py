"""What all rooms agree on: study file, tables, folder, and every participant's trials."""

import sys

if sys.version_info < (3, 11):
    # The last pandas for this Python is 2; with these it keeps text and copies as pandas 3 does.
    import pandas as pd

    pd.set_option("mode.copy_on_write", True)
    pd.set_option("future.infer_string", True)
