"""What is wrong with a run, and what to change: quantities measured at its last checkpoint, findings judged by them, and their remedies."""
