"""Models of answers, and studies that are simulated from them."""
