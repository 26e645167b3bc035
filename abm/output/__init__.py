"""Output: results as files, as data on a stream, and as screens for people."""
