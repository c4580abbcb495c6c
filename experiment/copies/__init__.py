"""Copies of a study and of its sessions: rescued answers joined, two copies merged."""
