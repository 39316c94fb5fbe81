"""What classical methods share: their clock, their answers and their claims."""
