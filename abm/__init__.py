"""abm: glass-box buying-group engagement scoring.

Which accounts are qualified, beside which people are, with every point shown.

>>> import abm
>>> result = abm.score(abm.load_workspace(abm.demo_folder()))
>>> abm.rank(result, top=1)["name"].to_list()
['Copperfinch Robotics']

The pages that explain it are in `abm.docs`; what a run gives back is an `abm.scoring.result.ScoreResult`.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # what `typing` has to say here; loading it would be half of loading this

if TYPE_CHECKING:
    from abm.evaluation.compare import compare
    from abm.evaluation.sweep import sweep
    from abm.graph.account import account_graph
    from abm.graph.family import family_graph
    from abm.ledger.ledger import Ledger
    from abm.output.lists.export import export
    from abm.output.report import report
    from abm.scoring.explanation import explain
    from abm.scoring.ranking import rank
    from abm.scoring.score import score
    from abm.workspace.bundled import demo_folder
    from abm.workspace.loader import load_workspace
    from abm.workspace.models import load_model

__all__ = [
    "Ledger",
    "account_graph",
    "compare",
    "demo_folder",
    "explain",
    "export",
    "family_graph",
    "load_model",
    "load_workspace",
    "rank",
    "report",
    "score",
    "sweep",
]

_HOMES = {
    "Ledger": "abm.ledger.ledger",
    "account_graph": "abm.graph.account",
    "compare": "abm.evaluation.compare",
    "demo_folder": "abm.workspace.bundled",
    "explain": "abm.scoring.explanation",
    "export": "abm.output.lists.export",
    "family_graph": "abm.graph.family",
    "load_model": "abm.workspace.models",
    "load_workspace": "abm.workspace.loader",
    "rank": "abm.scoring.ranking",
    "report": "abm.output.report",
    "score": "abm.scoring.score",
    "sweep": "abm.evaluation.sweep",
}


def __getattr__(name: str) -> object:
    # Loaded when first used: `import abm` in a pipeline, or `abm --help`, should not pay for every engine.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'abm' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
