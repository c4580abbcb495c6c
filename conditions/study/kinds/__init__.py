"""Kinds of reference images: one model each, named by the study."""
