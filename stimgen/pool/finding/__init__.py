"""Finding the images of a pool: folders, lists, shards, and the photographs that come along."""
