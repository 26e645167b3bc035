"""History: how scores stood on earlier days."""
