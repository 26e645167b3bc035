"""The program `abm`, also as `python -m abm`: nothing is imported before it can be stopped without a traceback."""

from __future__ import annotations

import atexit
import gc
import os
import sys

_INTERRUPTED = 130
_MANY = 1_000_000
"""New objects after which Python looks for circles among them: by its own 700 it would 400 times in a short run."""

_MEMORY = "narenas:2,oversize_threshold:0,dirty_decay_ms:20000"
"""What Polars' allocator (jemalloc) does with memory that is free: it keeps it for the next step, up to 20 seconds.

By its own half second, and none for large blocks, every step asks the system for its memory anew, which took a fifth of
a long run. Fewer arenas than it would have by itself make up for what is kept.
"""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_MANY)
    # Pydantic looks for plugins in every package there is, and none has a part in this.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    os.environ.setdefault("_RJEM_MALLOC_CONF", _MEMORY)
    try:
        # Loading takes a good part of a short run; once it is done, the command itself says that it was stopped.
        from abm.cli.app import main as run  # noqa: PLC0415

        run()
    except KeyboardInterrupt:
        sys.stderr.write("abm: stopped.\n")
        sys.exit(_INTERRUPTED)
    except SystemExit as ending:
        _leave(ending)
        raise


def _leave(ending: SystemExit) -> None:
    """End at once: to take apart all that was loaded would be a tenth of a short run.

    Does nothing, so that Python ends as it does, when it has something to say about it or somebody watches.
    """
    if not isinstance(ending.code, int | None) or sys.getprofile() is not None or sys.gettrace() is not None:
        return
    atexit._run_exitfuncs()  # noqa: SLF001 - there is no public way to do what others asked for
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):
        return
    os._exit(ending.code or 0)


if __name__ == "__main__":
    main()
