"""Graphs of accounts as pictures, pages and words."""
