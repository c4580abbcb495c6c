"""Machine observers before a study and beside its people."""
