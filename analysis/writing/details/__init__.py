"""The details of a report, which open: a section a subject, and its tables."""
