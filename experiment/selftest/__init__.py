"""The timing self-test: what a laboratory may claim of its own machine."""
