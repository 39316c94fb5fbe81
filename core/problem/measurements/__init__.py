"""What is known of the unknowns at points of the domain, and the constants that are to be found from that."""
