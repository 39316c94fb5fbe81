"""Experiments: a problem and all that determines how a network is trained on it."""
