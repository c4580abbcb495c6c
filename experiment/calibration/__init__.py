"""Calibrating a rig: patches, readings, fits, verification, and the rig file."""
