"""Coverage in closed form against what it stands for: people taking seats."""
