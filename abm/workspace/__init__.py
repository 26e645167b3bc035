"""What a folder means: which files are which tables, and which model scores them."""
