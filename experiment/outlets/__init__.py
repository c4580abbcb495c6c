"""Outlets: where codes go that tell other recordings what happens in a session."""
