"""Runs as pages tell of them, and what their buttons do."""
