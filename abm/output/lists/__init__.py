"""Lists: accounts and people as the files that ad platforms and CRMs accept."""
