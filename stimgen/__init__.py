"""Reference images: natural ones from a pool, synthetic ones by feature visualisation."""
