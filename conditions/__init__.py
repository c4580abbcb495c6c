"""What all rooms agree on: study file, tables, folder, and every participant's trials."""
