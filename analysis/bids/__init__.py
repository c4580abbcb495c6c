"""A study's data as a BIDS data set: its parts, the tables of each, and the whole."""
