"""A rig: the screen, its distance, and its luminance."""
