"""Imports point down the layers of the design: read from the source, so that imports for types count too."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]

LAYERS = (
    ("__main__",),
    ("cli",),
    ("output",),
    ("evaluation", "history"),
    ("ledger",),
    ("scoring",),
    ("workspace", "identity", "graph"),
    ("sources", "engines"),
    ("model", "tables"),
    ("errors", "version", "docs"),
)
"""From the top down. A module imports only from rows below its own, or from its own folder."""

HOMES = {
    "networkx": {"graph"},
    "typer": {"cli"},
    "pandas": {"engines", "sources"},
    "pyarrow": {"engines", "sources"},
    "duckdb": {"engines", "sources"},
    "pyspark": {"engines", "sources"},
    "xlsxwriter": {"output"},
    "jinja2": {"output"},
    "altair": {"output"},
    "vl_convert": {"output"},
    "pdoc": {"cli"},
    "fastexcel": {"sources"},
    "chardet": {"sources"},
}
"""Packages that only some folders may know."""

LATE = {
    "abm.__main__": "abm.cli",  # so that the program can be stopped without a traceback while it is loading
    # A command's module is loaded when it is run, so that `abm --help` waits for no engine.
    "abm.cli.commands.actions": "abm.cli",
    "abm.cli.commands.data": "abm.cli",
    "abm.cli.commands.scores": "abm.cli",
    "abm.cli.commands.trials": "abm.cli",
    "abm.cli.rank": "abm.output",  # workbooks, for those who want one
    "abm.scoring.finish": "abm.scoring",  # the lines behind the scores, for those who ask for them
    "abm.cli.waiting": "rich",  # what is shown to those who wait
    "abm.identity.matching.letters": "rapidfuzz",  # only where names are compared
    "abm.sources.files": "abm.sources",  # workbooks are read by a package that is loaded only for them
    "abm.cli.docs": "pdoc",  # an optional package
    "abm.cli.opening": "abm.ledger",  # only for runs that have a ledger
    "abm.workspace.reading": "abm.sources",  # DuckDB and drivers are loaded only where something is computed or asked
    "abm.sources.database": "abm.sources.databases",  # a driver is an optional package, and so is what stands on it
    "abm.sources.delta": "deltalake",  # an optional package
    "abm.sources.encodings": "chardet",  # only for files that are not UTF-8
    "abm.sources.workbooks": "fastexcel",  # only for workbooks
    "abm.scoring.ground": "abm.engines",  # DuckDB and Spark are loaded only by those who ask for them
    "abm.output.report.bundles": "vl_convert",  # an optional package, for those who write reports, and so is the next
    "abm.output.report.contents": "abm.output.report.charts",  # which is made with Altair
    "abm.output.sweep.files": "abm.output.sweep",  # charts, for those who want one: Altair is an optional package
    "abm.output.workbook": "xlsxwriter",  # an optional package, for those who write workbooks
}
"""Modules that import inside functions, and the one folder or package that each takes from there."""

DYNAMIC = frozenset({"abm", "abm.sources.databases.drivers", "abm.sources.packed"})
"""Modules that import by a name made at run time: the package itself, which loads its public names when first used,
drivers of databases, optional packages that are looked up by the scheme of an address, and zstd, which has another name
in Python's newer standard library."""


@dataclass(frozen=True)
class Import:
    """One import: who, what, on which line, with how many dots; inside a function, or for types alone."""

    module: str
    target: str
    line: int
    dots: int
    late: bool
    typing: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {'.' * self.dots}{self.target}"


def module_name(path: Path) -> str:
    """The dotted name of a source file of the repository."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[Import]:
    """Every import statement of a file, wherever it stands."""
    yield from _imports(ast.parse(path.read_text(encoding="utf-8")), module_name(path), late=False, typing=False)


def _imports(node: ast.AST, module: str, *, late: bool, typing: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(module, alias.name, node.lineno, 0, late, typing) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (Import(module, name, node.lineno, node.level, late, typing) for name in _targets(node))
    late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    typing = typing or (isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"))
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, module, late=late, typing=typing)


def _targets(node: ast.ImportFrom) -> set[str]:
    """The modules that `from x import y` reaches: `x.y` where that is a module, else `x`."""
    base = node.module or ""
    return {name if _is_module(name) else base for name in (f"{base}.{alias.name}" for alias in node.names)}


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def folder(module: str) -> str:
    """The folder of abm that a module lies in; empty for the package itself."""
    return [*module.split("."), ""][1]


def layer(name: str) -> int:
    """The row of a folder, counted from the top."""
    rows = [i for i, row in enumerate(LAYERS) if name in row]
    assert rows, f"abm/{name} is in no row of the design's table of layers"
    return rows[0]


SOURCES = sorted((ROOT / "abm").rglob("*.py"))
IMPORTS = [each for path in SOURCES for each in imports_of(path)]
OWN = [each for each in IMPORTS if each.target.split(".")[0] == "abm"]


def listed(found: list[Import]) -> str:
    """One import a line."""
    return "\n".join(map(str, found))


def test_there_is_something_to_read() -> None:
    assert len(OWN) > 100
    assert {folder(each.module) for each in OWN} >= {"scoring", "sources", "workspace", "model"}


def test_every_folder_has_its_row() -> None:
    for path in SOURCES:
        if module_name(path) != "abm":
            layer(folder(module_name(path)))


def test_imports_point_down() -> None:
    """From the package itself everything may be reached; only the command line reaches for it."""
    wrong = [each for each in OWN if folder(each.module) and not _points_down(folder(each.module), folder(each.target))]
    assert not wrong, listed(wrong)


def _points_down(source: str, target: str) -> bool:
    if not target:
        return source == "cli"
    return source == target or layer(source) < layer(target)


def test_the_library_does_not_know_its_command_line() -> None:
    doors = {"cli", "__main__"}
    assert not [each for each in OWN if folder(each.target) in doors and folder(each.module) not in doors]


def test_no_cycle_between_folders() -> None:
    edges = {(folder(each.module), folder(each.target)) for each in OWN}
    graph = nx.DiGraph(edge for edge in edges if edge[0] != edge[1])
    assert not list(nx.simple_cycles(graph))


def test_no_cycle_between_modules() -> None:
    """Of what is imported when the program runs; two modules of one folder may name each other's types."""
    edges = [(each.module, each.target) for each in OWN if not each.typing and each.target != each.module]
    assert not list(nx.simple_cycles(nx.DiGraph(edges)))


@pytest.mark.parametrize("package", sorted(HOMES))
def test_packages_stay_at_home(package: str) -> None:
    wrong = [
        each
        for each in IMPORTS
        if each.target.split(".")[0] == package and each.dots == 0 and folder(each.module) not in HOMES[package]
    ]
    assert not wrong, listed(wrong)


def test_imports_stand_at_the_top() -> None:
    late = [each for each in IMPORTS if each.late]
    wrong = [each for each in late if not f"{each.target}.".startswith(f"{LATE.get(each.module, '-')}.")]
    assert not wrong, listed(wrong)
    assert {each.module for each in late} == set(LATE), "an exception that nobody needs any more"


def test_imports_are_absolute() -> None:
    assert not [each for each in IMPORTS if each.dots], listed([each for each in IMPORTS if each.dots])


def test_no_module_is_imported_by_a_made_up_name() -> None:
    names = {"import_module", "__import__"}
    for path in SOURCES:
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        called = [node.func for node in nodes if isinstance(node, ast.Call)]
        used = {getattr(function, "id", getattr(function, "attr", "")) for function in called}
        assert not used & names or module_name(path) in DYNAMIC, path


@pytest.mark.parametrize("name", ["oracle", "strategies"])
def test_the_truth_shares_no_code_with_what_it_judges(name: str) -> None:
    found = [each for path in (ROOT / "tests" / name).rglob("*.py") for each in imports_of(path)]
    wrong = [each for each in found if each.target.split(".")[0] == "abm"]
    assert found
    assert not wrong, listed(wrong)
