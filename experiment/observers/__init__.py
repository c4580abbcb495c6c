"""Who answers: a person, or a script that presses the same keys."""
