"""A YAML 1.2 file as plain Python values, and the line of every one of them."""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarbool import ScalarBoolean
from ruamel.yaml.scalarfloat import ScalarFloat

from abm.errors import InputError, ModelError
from abm.model.places import Places

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from abm.model.places import Path

_MOST_VALUES = 1_000_000
_DEEPEST = 50
_MOST_BYTES = 1 << 24
# The reader takes a second per thousand brackets that stand open; more than these are nobody's model.
_MOST_BRACKETS = 4 * _DEEPEST
_BRACKETS = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\#[^\n]*|([\[{])|([\]}])""")
_NESTED = "is nested too deeply: lists or keys in one another, or brackets left open. Expected a few levels; close them"
_UNFOLDS = "the file unfolds into too many values. Write out what its aliases stand for"
_TAB = "found character '\\t'"
_SECOND_DOCUMENT = "found another document"
_ANCHOR = re.compile(r"duplicate anchor '(.*?)'")
_DUPLICATE = re.compile(r'found duplicate key "(.*?)" with value', re.DOTALL)


def read_yaml(path: FilePath, what: str, error: type[InputError] = ModelError) -> tuple[dict[Any, Any], Places]:
    """Return the mapping that a YAML file holds, and the lines of its values.

    Args:
        path: The file.
        what: What it should be, for messages: "a model".
        error: What is raised when it is not.

    Raises:
        InputError: As `error`, naming the file and where known the line: the file is missing, unreadable, not UTF-8,
            empty, not YAML 1.2, no mapping, or has a key twice.
    """
    try:
        return _read(path, what)
    except _UnreadableError as problem:
        said = str(problem)
        raise error(said if said.endswith((".", "?")) else f"{said}.") from problem.__cause__


class _UnreadableError(Exception):
    """What is wrong with the file, for people."""


def _read(path: FilePath, what: str) -> tuple[dict[Any, Any], Places]:
    text = _text(path, what)
    if _deepest_bracket(text) > _MOST_BRACKETS:
        raise _UnreadableError(f"{path}: {_NESTED}")
    try:
        reader = YAML(typ="rt")
        reader.Constructor = _Constructor
        with warnings.catch_warnings():
            # Two anchors of one name, with aliases before and after: which is meant cannot be seen.
            warnings.simplefilter("error", ReusedAnchorWarning)
            loaded = reader.load(text)
    except ReusedAnchorWarning as problem:
        raise _UnreadableError(f"{path}: {_reused(problem)}") from problem
    except YAMLError as problem:
        raise _UnreadableError(_syntax_message(path, problem)) from problem
    except RecursionError as problem:
        raise _UnreadableError(f"{path}: {_NESTED}") from problem
    except ValueError as problem:
        msg = f"{path}: cannot be read as YAML: {problem}. Check dates and numbers"
        raise _UnreadableError(msg) from problem
    if loaded is None:
        msg = f"{path}: the file is empty. Expected {what}: keys with values, such as name: starter"
        raise _UnreadableError(msg)
    if not isinstance(loaded, CommentedMap):
        msg = f"{path}: expected {what}, keys with values such as name: starter; got something else at the top"
        raise _UnreadableError(msg)
    lines: dict[Path, int] = {}
    try:
        plain = _Plain(lines).value(loaded, ())
    except _RefusedError as problem:
        where = Places(str(path), lines).line(problem.path)
        raise _UnreadableError(f"{where}: {problem}") from None
    return plain, Places(str(path), lines)


def _text(path: FilePath, what: str) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            msg = f"{path}: has more than {_MOST_BYTES >> 20} MB. Expected {what}, a page of YAML; check the path"
            raise _UnreadableError(msg)
        return data.decode("utf-8-sig")
    except FileNotFoundError:
        msg = f"{path}: there is no such file. Expected {what}; check the path"
        raise _UnreadableError(msg) from None
    except IsADirectoryError:
        msg = f"{path}: is a folder. Expected {what}; name the file in it"
        raise _UnreadableError(msg) from None
    except OSError as problem:
        msg = f"{path}: cannot be read ({problem.strerror or problem}). Check its permissions"
        raise _UnreadableError(msg) from problem
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        kind = " but UTF-16" if problem.object.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""
        msg = f"{path}:{line}: is not UTF-8 text{kind}. Expected {what}; save the file as UTF-8"
        raise _UnreadableError(msg) from None


def _reused(problem: ReusedAnchorWarning) -> str:
    name = _ANCHOR.search(str(problem))
    return f"the anchor &{name.group(1) if name else ''} is given twice. Expected each once; give one another name"


def _syntax_message(path: FilePath, problem: YAMLError) -> str:
    if isinstance(problem, ReaderError):
        sign = problem.character if isinstance(problem.character, int) else ord(str(problem.character)[:1] or "\0")
        return f"{path}: holds the character U+{sign:04X}, which YAML does not allow. Remove it"
    if not isinstance(problem, MarkedYAMLError):
        return f"{path}: cannot be read as YAML: {' '.join(str(problem).split())}"
    mark = problem.problem_mark or problem.context_mark
    where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
    if isinstance(problem, DuplicateKeyError):
        found = _DUPLICATE.match(str(problem.problem))
        key = f" '{found.group(1)}'" if found else ""
        return f"{where}: the key{key} is given twice. Expected each key once; remove one of them"
    return f"{where}: {_in_our_words(problem, mark)}"


def _in_our_words(problem: MarkedYAMLError, mark: Any) -> str:
    said = " ".join(str(problem.problem or problem.context or "").split())
    if isinstance(problem, _UnfitError):
        return said
    if _TAB in said:
        return "the line is indented with a tab. YAML is indented with spaces only; replace the tab by spaces"
    if _SECOND_DOCUMENT in said:
        return "a second document begins here. Expected one in a file; remove the line of three dashes"
    column = f", column {mark.column + 1}" if mark is not None else ""
    hint = "Check quotes, brackets and indentation; text that starts with % @ ` or holds ': ' goes in quotes"
    return f"not readable as YAML{column}: {said}. {hint}"


def _deepest_bracket(text: str) -> int:
    """How many flow brackets stand open at most."""
    level = deepest = 0
    for found in _BRACKETS.finditer(text):
        level += bool(found.group(1)) - bool(found.group(2))
        deepest = max(deepest, level)
    return deepest


class _UnfitError(MarkedYAMLError):
    """Legal YAML whose shape no file of this program has."""


def _require_fit(top: Node) -> None:
    """Refuse, before anything is unfolded, what aliases make endless, and keys that are no words."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()
    waiting = [(top, False)]
    while waiting:
        node, children_known = waiting.pop()
        mark, key = node.start_mark, id(node)
        if children_known:
            open_nodes.discard(key)
            sizes[key] = 1 + sum(sizes[id(each)] for each in _children(node))
            if sizes[key] > _MOST_VALUES:
                raise _UnfitError(problem_mark=mark, problem=_UNFOLDS)
        elif key in open_nodes:
            raise _UnfitError(problem_mark=mark, problem="an alias stands inside what it is the alias of. Write it out")
        elif key not in sizes:
            open_nodes.add(key)
            waiting.append((node, True))
            waiting.extend((each, False) for each in _children(node))


def _children(node: Node) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.value)
    if not isinstance(node, MappingNode):
        return []
    for key, _ in node.value:
        if not isinstance(key, ScalarNode):
            problem = "a key is a list or has keys of its own. Expected a word before the colon"
            raise _UnfitError(problem_mark=key.start_mark, problem=problem)
    return [value for _, value in node.value]


class _Constructor(RoundTripConstructor):
    """Leaves 2026-13-01 as the text it is, so that it is reported with its line and not as a failure of the reader."""

    def construct_document(self, node: Node) -> Any:
        _require_fit(node)
        return super().construct_document(node)

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


class _RefusedError(Exception):
    """Legal YAML that no file of this program means."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


class _Plain:
    """Turns what the round-trip reader gives into dict, list, str, int, float, bool, date and None."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self.lines = lines
        self.values = 0

    def value(self, value: Any, path: Path) -> Any:
        self.values += 1
        # Aliases make small files that unfold without end.
        if self.values > _MOST_VALUES or len(path) > _DEEPEST:
            raise _RefusedError(path, _UNFOLDS if self.values > _MOST_VALUES else _NESTED)
        if isinstance(value, CommentedMap):
            self._no_tag(value, path)
            return {self._key(key): self._item(value, key, path) for key in value}
        if isinstance(value, CommentedSeq):
            self._no_tag(value, path)
            return [self._entry(value, index, path) for index in range(len(value))]
        if isinstance(value, TaggedScalar):
            raise _RefusedError(path, f"the tag {value.tag.value} may not be used. Write plain values")
        return _scalar(value)

    def _no_tag(self, value: CommentedMap | CommentedSeq, path: Path) -> None:
        tag = getattr(value.tag, "value", None)
        if tag is not None:
            raise _RefusedError(path, f"the tag {tag} may not be used. Write plain values")

    def _key(self, key: Any) -> Any:
        return key if isinstance(key, tuple) else _scalar(key)

    def _item(self, mapping: CommentedMap, key: Any, path: Path) -> Any:
        here = (*path, self._key(key))
        position = (mapping.lc.data or {}).get(key)
        if position is not None:
            self.lines[here] = position[0] + 1
        return self.value(mapping[key], here)

    def _entry(self, items: CommentedSeq, index: int, path: Path) -> Any:
        here = (*path, index)
        position = (items.lc.data or {}).get(index)
        if position is not None:
            self.lines[here] = position[0] + 1
        return self.value(items[index], here)


def _scalar(value: Any) -> Any:
    if isinstance(value, ScalarBoolean):
        return bool(value)
    if isinstance(value, ScalarFloat):
        return float(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value
