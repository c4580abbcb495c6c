"""Who answers: a person, a script that presses the same keys, or a machine without a window."""
