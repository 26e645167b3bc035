"""Presets: pages of YAML that say how a known system's files become canonical tables."""
