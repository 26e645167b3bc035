"""The starter model written by hand as SQL for DuckDB, from DESIGN's formulas: what the program is measured against."""
