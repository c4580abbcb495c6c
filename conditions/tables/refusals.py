"""``refusals.csv``: how often participants did not consent, without a word on who."""

from conditions.tables.schema import Column, Table

REFUSALS = Table(
    "refusals",
    "Refusals of consent, one row each; nothing else is kept of those who refused.",
    (
        Column("refused_at", "str", "Date and time of the refusal, ISO 8601 with UTC offset."),
        Column("version", "str", "Version of the text that was refused, as the study names it."),
        Column("language", "str", "Language in which it was read."),
    ),
)
