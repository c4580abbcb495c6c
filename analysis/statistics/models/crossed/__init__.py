"""Mixed models with crossed participants and units, of any measure: one estimator."""
