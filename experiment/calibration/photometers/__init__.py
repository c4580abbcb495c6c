"""Who reads luminance: an instrument, the operator, or a simulated screen."""
