"""Kinds of reference images against a baseline, and how large a study decides between them."""
