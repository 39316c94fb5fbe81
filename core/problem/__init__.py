"""Problems as values: their statement, and what it is with numbers for the parameters."""
