"""The processes that train and solve, and those that start them."""
