"""What the kinds share that are made of the images of another one."""
