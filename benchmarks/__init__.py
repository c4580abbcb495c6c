"""Speed and memory, side by side with the peer, as ratios; ``--json FILE`` keeps the figures."""
