"""Response boxes: those that are keyboards, and those at a serial port."""
