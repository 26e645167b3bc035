"""The scoring plan: from tables to leads, buying groups and accounts, with every point accounted for."""
