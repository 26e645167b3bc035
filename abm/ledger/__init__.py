"""The ledger: events counted once per person, signal and day, kept, and scored as often as one likes."""
