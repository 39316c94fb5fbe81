"""The network of an experiment, an `nn.Sequential`: what enters it, its layers, and all its parameters as one vector."""
