"""Exchange: graphs as files that other programs read, GraphML and node-link JSON."""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.graph.nodes import Graph, Node

_RESERVED = re.compile("[%/:\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What divides the parts of an id, and what no XML may hold."""


def portable(graph: Graph) -> nx.MultiDiGraph[str]:
    """Return the graph with text for nodes and keys, and values that every format has: text, numbers, true or false.

    A node is `kind:part/part`, such as `role:A009/core/champion`; `%`, `/`, `:` and characters that no file may hold
    are escaped in its parts as in web addresses, so that different nodes stay different. A key is unique in the whole
    graph: `person:C0055 seated role:A009/core/champion`. Days are ISO text; what is unknown is left out.

    >>> import abm
    >>> graph = abm.account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> list(portable(graph))[:2]
    ['account:A009', 'group:A009/core']
    """
    moved: nx.MultiDiGraph[str] = nx.MultiDiGraph(**_plain(graph.graph))
    for node, facts in graph.nodes(data=True):
        moved.add_node(_id(node), **_plain(facts))
    for source, target, key, facts in graph.edges(keys=True, data=True):
        ends = _id(source), _id(target)
        moved.add_edge(*ends, key=f"{ends[0]} {key} {ends[1]}", **_plain(facts))
    return moved


def graphml(graph: Graph) -> bytes:
    """Return a graph as GraphML (UTF-8), which Gephi, yEd, Cytoscape and `networkx.read_graphml` read.

    It holds `portable(graph)`; characters that no XML may hold are U+FFFD in texts.
    """
    moved = portable(graph)
    for facts in (moved.graph, *dict(moved.nodes(data=True)).values(), *(each[2] for each in moved.edges(data=True))):
        facts |= {name: _xml(value) for name, value in facts.items()}
    sink = BytesIO()
    nx.write_graphml_xml(moved, sink, named_key_ids=False)
    return sink.getvalue()


def node_link(graph: Graph) -> str:
    """Return a graph as JSON of nodes and links, which D3 and `networkx.node_link_graph(..., edges="links")` read.

    It holds `portable(graph)`.
    """
    return json.dumps(nx.node_link_data(portable(graph), edges="links"), indent=2, ensure_ascii=False) + "\n"


def _id(node: Node) -> str:
    kind, *parts = node
    return f"{kind}:{'/'.join(_RESERVED.sub(_escaped, part) for part in parts)}"


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
        if value is not None
    }


def _xml(value: Any) -> Any:
    return (
        re.sub("[\x00-\x08\r\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", value)
        if isinstance(value, str)
        else value
    )
