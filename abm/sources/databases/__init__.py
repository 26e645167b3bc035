"""Databases: where they lie, what may be asked of them, and one way to each."""
