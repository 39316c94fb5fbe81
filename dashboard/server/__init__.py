"""Everything that is one for all visitors: the store and the cluster, what browsers fetch, who visits."""
