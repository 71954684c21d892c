"""Values in flow style, `{a: 1, b: [2, 3]}`, changed from within: what is between those that stay is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fourfold.engine.definitions.text.emit import inline, requoted
from fourfold.engine.definitions.text.rows import Row, aligned, both, end_of, pairs_of, start_of


class _Piece(NamedTuple):
    """The text of a pair or entry; `name` is its place in the text of before, None where it is new."""

    name: int | None
    text: str


def flow(text: str, row: Row) -> str:
    """What takes the place of a node: of a value in flow style, or of an entry that is a scalar."""
    node, old, new = row.node, row.before, row.after
    if isinstance(node, MappingNode) and isinstance(old, Mapping) and isinstance(new, Mapping):
        return _mapping(text, node, row)
    if isinstance(node, SequenceNode) and (rows := aligned(node, old, new)):
        return flow_list(text, node, rows)
    style = node.style if isinstance(node, ScalarNode) else None
    return (requoted(new, style) if isinstance(new, str) else "") or inline(new)


def flow_list(text: str, node: SequenceNode, rows: Sequence[Row]) -> str:
    """A list in flow style with other entries."""
    places = {id(item): place for place, item in enumerate(node.value)}
    pieces = [_Piece(places.get(id(row.node)), _entry(text, row)) for row in rows if row.after is not None]
    return _joined(text, node, [(start_of(item), end_of(item)) for item in node.value], pieces)


def _entry(text: str, row: Row) -> str:
    if row.node is None:
        return inline(row.after)
    return _text(text, row.node) if row.before == row.after else flow(text, row)


def _mapping(text: str, node: MappingNode, row: Row) -> str:
    """A mapping in flow style; new pairs stand where the type has them."""
    pairs, (before, after) = pairs_of(node), both(row)
    places = {name: place for place, name in enumerate(pairs)}
    pieces = [
        _Piece(place, _pair(text, *pairs[name], row, name))
        for name, place in places.items()
        if name in after or name not in before
    ]
    at = min(1, len(pieces))
    for name, new in after.items():
        if name in pairs:
            at = 1 + next(i for i, piece in enumerate(pieces) if piece.name == places[name])
        elif before.get(name) != new:
            pieces.insert(at, _Piece(None, f"{inline(name)}: {inline(new)}"))
            at += 1
    return _joined(text, node, [(start_of(key), end_of(value)) for key, value in pairs.values()], pieces)


def _pair(text: str, key: Node, value: Node, row: Row, name: str) -> str:
    old, new = (side.get(name) for side in both(row))
    if old == new:
        return text[start_of(key) : end_of(value)]
    head = text[start_of(key) : start_of(value)]
    if not _text(text, value) or not head.rstrip().endswith(":"):  # `{a}` and `{a: }` have nothing to change
        return f"{_text(text, key)}: {inline(new)}"
    if (rows := row.rows.get(name)) and isinstance(value, SequenceNode):
        return head + flow_list(text, value, rows)
    return head + flow(text, Row(value, old, new))


def _text(text: str, node: Node) -> str:
    return text[start_of(node) : end_of(node)]


def _joined(text: str, node: Node, parts: Sequence[tuple[int, int]], pieces: Sequence[_Piece]) -> str:
    """Pieces between the brackets of a node, with what stood behind each that is still there."""
    if not parts or not pieces:
        return text[start_of(node)] + ", ".join(piece.text for piece in pieces) + text[end_of(node) - 1]
    behind = {place: text[one[1] : two[0]] for place, (one, two) in enumerate(pairwise(parts))}
    joined = text[start_of(node) : parts[0][0]]
    for piece in pieces[:-1]:
        joined += piece.text + behind.get(-1 if piece.name is None else piece.name, ", ")
    gap = behind.get(-1 if pieces[-1].name is None else pieces[-1].name, "")
    return joined + pieces[-1].text + (gap if "#" in gap else "") + text[parts[-1][1] : end_of(node)]
