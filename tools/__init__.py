"""What sets up, and what walks through whole studies."""
