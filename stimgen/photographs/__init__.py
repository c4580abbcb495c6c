"""Embedded pool of freely licensed photographs."""
