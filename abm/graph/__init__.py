"""Graphs of accounts: families and buying groups as networkx sees them."""
