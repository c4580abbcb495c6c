"""The steps of stimulus generation on several processes or machines, by dask.distributed."""
