"""Analysis: from the trials of a study, ours or the published one, to a report."""
