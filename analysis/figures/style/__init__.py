"""What the figures share: looks, axes, means with their bars, and words for what is drawn."""
