"""Judging models: cases that they must keep, and what a change of one would change."""
