"""What of the computer can spoil a session, and is not its files, its screen or its rig."""
