"""The store's tables: their columns, and the way from one version to the next."""
