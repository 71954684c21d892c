"""What stands in a text and what shall stand there, side by side: nodes that know their place, with values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final, TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from fourfold.engine.definitions.text.emit import Value

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: What tells entries of one list apart that have no code: waivers, rates, milestones, former parents.
_NAMES: Final = ("check", "thing", "name", "currency", "into", "kind", "period", "parent")

Fields: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the text has it (`node`, `before`) and as it shall be; None where it is new, or where it goes.

    `rows` are the entries of lists inside it that are told apart by more than their place.
    """

    node: Node | None
    before: Value
    after: Value
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def compose(text: str) -> MappingNode | None:
    """The mapping that a text holds, None where it holds nothing. The text has been read without an error."""
    node = yaml.compose(text, Loader=_LOADER)
    return node if isinstance(node, MappingNode) else None


def pairs_of(node: Node | None) -> dict[str, tuple[Node, Node]]:
    """Key and value of each pair, by key; nothing where the node is no mapping."""
    return {key.value: (key, value) for key, value in node.value} if isinstance(node, MappingNode) else {}


def items_of(node: Node | None) -> list[Node]:
    """The entries of a list; nothing where the node is none."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def start_of(node: Node) -> int:
    """Where a node begins."""
    return int(node.start_mark.index)


def end_of(node: Node) -> int:
    """Where a node ends; of block style it is where the next one begins."""
    return int(node.end_mark.index)


def both(row: Row) -> tuple[Fields, Fields]:
    """The fields of a mapping before and after."""
    assert isinstance(row.before, Mapping)
    assert isinstance(row.after, Mapping)
    return row.before, row.after


def aligned(node: Node, before: Value, after: Value) -> list[Row]:
    """The entries of a list side by side, in the order they shall have, those that go where they were."""
    nodes = items_of(node)
    if isinstance(before, str | Mapping) or isinstance(after, str | Mapping):
        return []
    if not isinstance(before, Sequence) or not isinstance(after, Sequence) or len(nodes) != len(before):
        return []
    return list(_rows(nodes, before, after))


def _rows(nodes: Sequence[Node], before: Sequence[Value], after: Sequence[Value]) -> Iterator[Row]:
    names = [[_name_of(value) for value in side] for side in (before, after)]
    for kind, i, end, j, stop in SequenceMatcher(a=names[0], b=names[1], autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Row(nodes[a], before[a], after[b]) for a, b in zip(range(i, end), range(j, stop), strict=True))
            continue
        yield from (Row(nodes[a], before[a], None) for a in range(i, end))
        yield from (Row(None, None, after[b]) for b in range(j, stop))


def _name_of(value: Value) -> str:
    if not isinstance(value, Mapping):
        return repr(value)
    return repr([str(value.get(part)) for part in _NAMES])
