"""What a trial shows: images, marks around them, the patch; and the example of the instructions."""
