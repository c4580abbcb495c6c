"""What is checked before a participant sits down."""
