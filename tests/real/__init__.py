"""Data nobody on this project wrote, ranked where it lies; skipped where it does not."""
