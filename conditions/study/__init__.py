"""What a study file says, as models that check themselves."""
