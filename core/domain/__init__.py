"""Where a problem lives: its box, the grids on it, and the places in it where something jumps, bends or is narrow."""
