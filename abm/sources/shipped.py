"""Where the files that come with abm lie: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path


def shipped(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `shipped("config", "starter.yaml")`."""
    package = Path(__file__).parents[1]
    for home in (package / "bundled", package.parent):
        found = home.joinpath(*parts)
        if found.exists():
            return found
    raise FileNotFoundError(f"{'/'.join(parts)} is not shipped with this installation of abm")
