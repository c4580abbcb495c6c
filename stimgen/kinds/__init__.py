"""Kinds of reference images: a module each, which makes its images and plans what they cost."""
