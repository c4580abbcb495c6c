"""What all rooms agree on: the study file, the tables, the folder, the trials of every participant."""
