"""The parts of the page "Why PyTorch", one file each; each has a function `show`."""
