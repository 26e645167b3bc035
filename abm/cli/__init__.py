"""Command line: options, one library call, one writer. Data goes to stdout, talk to stderr."""
