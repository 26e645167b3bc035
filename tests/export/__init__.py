"""Lists for platforms: what is written is judged by what the platforms say, not by the pages that wrote it."""
