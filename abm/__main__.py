"""`python -m abm` is `abm`."""

from __future__ import annotations

from abm.cli.app import main

if __name__ == "__main__":
    main()
