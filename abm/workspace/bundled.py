"""Where the shipped models and the demo lie: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path


def bundled(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `bundled("config", "starter.yaml")`."""
    package = Path(__file__).parents[1]
    for home in (package / "bundled", package.parent):
        found = home.joinpath(*parts)
        if found.exists():
            return found
    raise FileNotFoundError(f"{'/'.join(parts)} is not shipped with this installation of abm")


def demo_folder() -> Path:
    """Return the folder of the bundled demo workspace.

    >>> (demo_folder() / "accounts.csv").is_file()
    True
    """
    return bundled("fixtures", "demo")
