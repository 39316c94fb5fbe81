"""Training: steps in turn, from the start or from a checkpoint."""
