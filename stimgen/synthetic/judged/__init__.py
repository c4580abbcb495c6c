"""Whether the images that were made are good ones."""
