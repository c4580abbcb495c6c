"""Every participant's trials, decided in advance."""
