"""Engines: where the scoring plan runs. Polars is the default."""
