"""Tests of reading: files, queries, frames."""
