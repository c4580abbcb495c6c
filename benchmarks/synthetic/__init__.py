"""Feature visualisation against lucent's recipe, and the borders and quality of its images."""
