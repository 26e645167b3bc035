"""Input that cannot hurt: every way in which a file, an argument or a disk can be broken, one by one and at random."""
