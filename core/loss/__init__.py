"""The loss: what is asked of a network, where, and with which weights."""
