"""What happens in a session, in time: pages, trials, keys, focus, stalls, and markers of them."""
