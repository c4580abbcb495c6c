"""Networks: what a model and its layers are, and one module a family that loads them."""
