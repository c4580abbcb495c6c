"""What is told of the trials of a study: balance, confounds, sessions."""
