"""Walks through whole studies: the commands of the four rooms, one after the other.

Shown in one place with the time that is left; what the commands print is kept in a log.
"""
