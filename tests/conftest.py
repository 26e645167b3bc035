"""What holds for all tests."""

from __future__ import annotations

import os

# Programs that tests start keep what they compile, as Python does by default: where it is told not to, compiling this
# package would be a fifth of what each of them takes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
