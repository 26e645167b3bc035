"""Words: what the measures of a graph say, for people; the terminal and the page show the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.graph.measures import measures
from abm.output.graph.labels import cut
from abm.output.graph.people import Person, people_of
from abm.output.marks import words
from abm.output.text import safe
from abm.scoring.explanation.numbers import tenths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from abm.graph.measures import Measures
    from abm.graph.nodes import Graph, Node

MEANINGS = {
    "empty seats": "a required role in which nobody engaged sits",
    "critical people": "without this person a required role would be empty; nobody else engaged could take over",
    "threads": "engaged people with a role each of their own: so many losses, of people or roles, end all of it",
    "connectors": "has a role in several buying groups; the only link, if nobody else leads from one to the other",
}
"""What the measures mean, in a line each."""

_NAMED = 12
"""So many people or topics are named in one statement."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Statement:
    """What one measure says.

    Attributes:
        measure: its name.
        lines: what it says, a line for each thing that it says.
        alarming: whether somebody should do something about it.
    """

    measure: str
    lines: tuple[str, ...]
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of one buying group, or of an account as a whole.

    Attributes:
        account: the node of the account.
        title: what it is about.
        statements: what the measures say.
    """

    account: Node
    title: str
    statements: tuple[Statement, ...]


def sections(graph: Graph) -> list[Section]:
    """Say what the measures of an account's or a family's graph mean: account by account, group by group.

    Of a family, accounts in which nobody is engaged are left out, unless that is all of them; `silent` names them.
    """
    found = measures(graph)
    accounts = accounts_of(graph)
    quiet = set(silent(graph))
    loud = [account for account in accounts if account not in quiet] or accounts[:1]
    return [section for account in loud for section in _of_account(graph, account, found)]


def accounts_of(graph: Graph) -> list[Node]:
    """The accounts that a graph holds with all they have, in its order; of other relatives it knows the name alone."""
    return [node for node, facts in graph.nodes(data=True) if node[0] == "account" and "score" in facts]


def silent(graph: Graph) -> list[Node]:
    """The accounts in which nobody is engaged, in the order of the graph."""
    return [account for account in accounts_of(graph) if not _engaged(graph, account)]


def _members(graph: Graph, account: Node) -> Iterator[Node]:
    return (person for person, _, kind in graph.in_edges(account, keys=True) if kind == "member")


def _engaged(graph: Graph, account: Node) -> int:
    members = _members(graph, account)
    return sum(any(kind == "engaged" for _, _, kind in graph.out_edges(each, keys=True)) for each in members)


def _of_account(graph: Graph, account: Node, found: Measures) -> Iterator[Section]:
    people = {person.node: person for person in people_of(graph, account, found)}
    groups = [group for group in found.empty if group[1] == account[1]]
    if not groups:
        yield Section(account, "no buying group applies", ())
    for group in groups:
        yield Section(account, words(group[2]), tuple(_of_group(group, found, people)))
    if len(groups) > 1:
        yield Section(account, "all groups", (_connectors(people, groups),))
    spiking = [
        safe(topic[1])
        for _, topic, kind, told in graph.out_edges(account, keys=True, data=True)
        if kind == "researches" and told["spike"]
    ]
    if spiking:
        yield Section(account, "research", (Statement("spiking topics", (_some(spiking),)),))


def _of_group(group: Node, found: Measures, people: Mapping[Node, Person]) -> Iterator[Statement]:
    if group not in found.known:
        yield Statement("engagement", ("not known: no events were given, so that nobody is known to be engaged",))
        return
    empty = [words(role[3]) for role in found.empty[group]]
    yield Statement("empty seats", (", ".join(empty) if empty else "none that is required",), bool(empty))
    critical = [
        f"{people[person].called}: without them, {words(role[3])} is empty"
        for person, roles in found.critical.items()
        for role in roles
        if role[1:3] == group[1:3]
    ]
    yield Statement("critical people", tuple(critical) or ("none",), bool(critical))
    yield _threads(found.threads[group], people)


def _threads(threads: Mapping[Node, Node], people: Mapping[Node, Person]) -> Statement:
    if not threads:
        return Statement("threads", ("0: nobody engaged has a role here",), alarming=True)
    named = [f"{people[person].short} as {words(role[3])}" for person, role in threads.items()]
    said = f"{len(threads)}: {', '.join(named)}"
    if len(threads) == 1:
        return Statement("threads", (f"{said}; one loss ends it",), alarming=True)
    return Statement("threads", (said,))


def _connectors(people: Mapping[Node, Person], groups: list[Node]) -> Statement:
    leading = sorted((each for each in people.values() if each.groups), key=lambda each: (not each.alone, -each.warmth))
    if not leading:
        pair = " and ".join(words(group[2]) for group in groups[:2])
        return Statement("connectors", (f"none: nobody has a role in more than one group, such as {pair}",))
    lines = [
        f"{each.called}: {', '.join(words(group[2]) for group in each.groups)}"
        f"{'; nobody else connects them' if each.alone else ''}{'' if each.engaged else '; not engaged'}"
        for each in leading[:_NAMED]
    ]
    if len(leading) > _NAMED:
        lines.append(f"and {len(leading) - _NAMED:,} more")
    return Statement("connectors", tuple(lines), any(each.alone for each in leading))


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join([*(cut(name, _LONGEST) for name in names[:_NAMED]), *([f"and {more:,} more"] if more > 0 else [])])


def meanings(said: Iterable[Section]) -> dict[str, str]:
    """What the measures mean of which something is said."""
    used = {statement.measure for section in said for statement in section.statements}
    return {measure: means for measure, means in MEANINGS.items() if measure in used}


def account_words(graph: Graph, account: Node) -> list[str]:
    """Say in a few words how an account stands: score, stage, rank, people.

    >>> import abm
    >>> graph = abm.account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> account_words(graph, ("account", "A009"))
    ['no. 15', 'score 39.0', 'qualified', '1 of 1 people engaged']
    """
    facts = graph.nodes[account]
    known = sum(1 for _ in _members(graph, account))
    said = [] if facts["rank"] is None else [f"no. {facts['rank']:,}"]
    said += [] if facts["score"] is None else [f"score {tenths(facts['score'])}"]
    said += [words(facts["stage"])] if facts["stage"] else []
    return [*said, f"{_engaged(graph, account):,} of {known:,} people engaged" if known else "nobody known"]


def stamp_words(graph: Graph) -> str:
    """Say under which model and as of when a graph is true."""
    stamp = graph.graph
    return f"model {safe(stamp['model'])} v{stamp['model_version']} · as of {stamp['as_of']}"
