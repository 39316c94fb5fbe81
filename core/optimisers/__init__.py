"""The methods that move a network's weights, one file each."""

from core.optimisers.adam import Adam

OPTIMISERS = {"adam": Adam}
