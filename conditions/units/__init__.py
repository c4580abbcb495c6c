"""The units of a study: their table, and what is known of networks without running them."""
