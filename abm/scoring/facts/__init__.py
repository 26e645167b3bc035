"""Facts: the given tables, cleaned, keyed by integers and cut at `as_of`."""
