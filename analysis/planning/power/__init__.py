"""How many participants: studies simulated and analysed as the report would."""
