"""What several runs tell together."""
