"""The canonical tables: their contracts and their hygiene."""
