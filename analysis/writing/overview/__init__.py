"""The page that leads to everything in a study folder, and says what is missing."""
