"""A step's loss and gradient, by torch's own graph, by jets, or by a compiled kernel."""
