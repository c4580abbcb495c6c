"""Natural images: a pool ranked for every unit, its extremes dealt to equal batches."""
