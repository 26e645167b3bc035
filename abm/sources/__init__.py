"""Reading: files, queries and frames of other libraries become canonical tables."""
