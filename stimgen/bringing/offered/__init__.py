"""What a folder of another tool offers: which images of which units, as it says itself."""
