"""The first page of a report: the answer, and the further questions of the study."""
