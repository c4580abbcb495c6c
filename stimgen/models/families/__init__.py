"""Families of networks, a module each: how one is built, filled, and given its images."""
