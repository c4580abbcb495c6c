"""What else answers tell: confidence, repeats, ratings, agreement."""
