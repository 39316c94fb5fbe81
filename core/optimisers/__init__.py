"""The methods that move the weights of a network, one file each."""
