"""The problems there are, how one is found among them, and how it is written."""
