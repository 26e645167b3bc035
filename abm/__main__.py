"""The program `abm`, also as `python -m abm`: nothing is imported before it can be stopped without a traceback."""

from __future__ import annotations

import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    try:
        # Loading takes a good part of a short run; once it is done, the command itself says that it was stopped.
        from abm.cli.app import main as run  # noqa: PLC0415

        run()
    except KeyboardInterrupt:
        sys.stderr.write("abm: stopped.\n")
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
