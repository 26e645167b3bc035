"""Where the shipped models and the demo lie: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

from abm.errors import WorkspaceError, did_you_mean
from abm.sources.shipped import shipped


def bundled(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as `bundled("config", "starter.yaml")`."""
    return shipped(*parts)


def shipped_models() -> dict[str, Path]:
    """Return the shipped models by name: the starter, the enterprise model, and the presets of known systems.

    >>> list(shipped_models())
    ['starter', 'enterprise', 'adobe', 'best_and_rest', 'demandbase', 'hubspot', 'pardot']
    """
    presets = sorted(path for path in bundled("config", "presets").glob("*.yaml") if not path.stem.endswith(".test"))
    paths = [bundled("config", "starter.yaml"), bundled("config", "enterprise.yaml"), *presets]
    return {path.stem: path for path in paths}


def model_file(name: str | Path) -> Path:
    """Return the file that is meant by a path or by the name of a shipped model; a file that is there wins.

    Raises:
        WorkspaceError: a bare name, but neither a file nor a shipped model.

    >>> model_file("adobe").name, model_file("models/mine.yaml").name
    ('adobe.yaml', 'mine.yaml')
    """
    path = Path(name)
    if path.exists() or path.suffix or path.name != str(name):
        return path
    shipped = shipped_models()
    if path.name in shipped:
        return shipped[path.name]
    near = did_you_mean(path.name, shipped)
    raise WorkspaceError(
        f"{path}: there is no such file, and no shipped model of that name.{near} Shipped: {', '.join(shipped)}."
    )


def demo_folder() -> Path:
    """Return the folder of the bundled demo workspace.

    >>> (demo_folder() / "accounts.csv").is_file()
    True
    """
    return bundled("fixtures", "demo")
