"""What a trial shows: its images, and marks around them."""
