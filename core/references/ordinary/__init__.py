"""What the methods for ordinary differential equations share: systems of first order, their slopes, their conditions."""
