"""Before the first participant: difficulty, power, machine observers beside people."""
