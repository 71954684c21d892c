"""One YAML text, changed where it says something else now: everything else stays as it was written, to the byte.

A text is composed into nodes that know where they begin and end, and only what is different between two values is
written anew, in the style that stands there: block or flow, quoted or bare. Comments, empty lines, order and
indentation are text between nodes, so nothing has to keep them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fourfold.engine.definitions.text.emit import Value, entry, inline, is_literal, pair, requoted, scalar
from fourfold.engine.definitions.text.flow import flow, flow_list
from fourfold.engine.definitions.text.rows import Row, aligned, both, end_of, pairs_of, start_of

#: A new entry stands on one line, as its neighbours do, where it is no longer than this.
_LONGEST: Final = 200


def patched(text: str, root: MappingNode, row: Row) -> str:
    """The text in which its root says what `row.after` says."""
    if root.flow_style:
        return text[: start_of(root)] + flow(text, row) + text[end_of(root) :]
    patch = _Patch(text)
    patch.mapping(root, row, apart=True)
    return patch.result


class _Patch:
    """Of block style, where pairs and entries are whole lines: what is to be put in place of what."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._changes: list[tuple[int, int, str]] = []

    @property
    def result(self) -> str:
        """The text with all changes."""
        parts, place = [], 0
        for start, end, new in sorted(self._changes, key=lambda change: change[:2]):
            parts += [self.text[place:start], new]
            place = end
        return "".join([*parts, self.text[place:]])

    def change(self, start: int, end: int, new: str) -> None:
        """Put `new` in place of what stands from `start` to `end`."""
        self._changes.append((start, end, new.replace("\n", self._newline)))

    def mapping(self, node: MappingNode, row: Row, *, apart: bool = False) -> None:
        """Change the pairs of a mapping; new ones stand where the type has them, at the end where they are `apart`."""
        pairs, (before, after) = pairs_of(node), both(row)
        gone = {name for name in pairs if name not in after and name in before}
        for name, (key, value) in pairs.items():
            if name in gone:
                self._remove_pair(key, value, [k for k, _ in pairs.values()], apart=apart)
            elif before.get(name) != after.get(name) and not self._inside(value, row, name):
                self._replace(key, value, after[name])
        ends = {name: self._line_end(self.end(value)) for name, (_, value) in pairs.items() if name not in gone}
        place = next(iter(ends.values()), self._line_end(self.end(node)))
        added: dict[int, list[str]] = {}
        for name, new in after.items():
            if name in pairs:
                place = ends.get(name, place)
            elif before.get(name) != new:
                at = max(ends.values(), default=place) if apart else place
                added.setdefault(at, []).extend(
                    [*([""] if apart else []), *pair(name, new, " " * node.start_mark.column)]
                )
        for at, lines in added.items():
            self._insert(at, lines)

    def _inside(self, node: Node, row: Row, name: str) -> bool:
        """Change a value from within, where both sides are mappings, or lists that have an entry in common."""
        old, new = (side.get(name) for side in both(row))
        if isinstance(node, MappingNode) and isinstance(old, Mapping) and isinstance(new, Mapping):
            inner = Row(node, old, new)
            if node.flow_style:
                self.change(start_of(node), end_of(node), flow(self.text, inner))
            elif old.keys() & new.keys():
                self.mapping(node, inner)
            return bool(node.flow_style or old.keys() & new.keys())
        rows = row.rows.get(name) or aligned(node, old, new)
        if not any(each.node is not None and each.after is not None for each in rows):
            return False
        assert isinstance(node, SequenceNode)
        if node.flow_style:
            self.change(start_of(node), end_of(node), flow_list(self.text, node, rows))
        else:
            self._series(node, rows)
        return True

    def _series(self, node: SequenceNode, rows: Sequence[Row]) -> None:
        """Change the entries of a list in block style, one of which stays at least."""
        column = node.start_mark.column
        dashes = {id(item): self._dash(item, column) for item in node.value}
        is_apart = self._is_apart(list(dashes.values()))
        like = next(each.node for each in rows if each.node is not None and each.after is not None)
        place, added = self._line_start(self._comment_above(dashes[id(like)])), dict[int, list[str]]()
        has_entry_above = False
        for each in rows:
            if each.node is None:
                lines = self._entry(each.after, " " * column, like)
                blank = [""] if is_apart else []
                added.setdefault(place, []).extend([*blank, *lines] if has_entry_above else [*lines, *blank])
            elif each.after is None:
                is_first, is_last = each.node is node.value[0], each.node is node.value[-1]
                self._remove_entry(each.node, dashes[id(each.node)], is_first=is_first, is_last=is_last)
            else:
                self._entry_changed(each)
                like, place, has_entry_above = each.node, self._line_end(self.end(each.node)), True
        for place, lines in added.items():
            self._insert(place, lines)

    def _entry_changed(self, row: Row) -> None:
        node = row.node
        if row.before == row.after or node is None:
            return
        if isinstance(node, MappingNode) and isinstance(row.after, Mapping) and not node.flow_style:
            self.mapping(node, row)
        else:
            self.change(start_of(node), self.end(node), flow(self.text, row))

    def _entry(self, value: Value, indent: str, beside: Node | None) -> list[str]:
        """Lines of a new entry: on one line where its neighbour is, and where it fits."""
        line = f"{indent}- {inline(value)}"
        is_short = len(line) <= _LONGEST and "\\n" not in line
        if not isinstance(value, Mapping) or (is_short and getattr(beside, "flow_style", False)):
            return [line]
        return list(entry(value, indent))

    def _replace(self, key: Node, node: Node, value: Value) -> None:
        """Another value behind a key; a comment behind the old one stays on the line of the key."""
        end = max(self.end(node), self.text.index(":", end_of(key)) + 1)
        if isinstance(node, ScalarNode) and isinstance(value, str) and (text := requoted(value, node.style)):
            self.change(start_of(node), self.end(node), text)
            return
        indent, head = " " * key.start_mark.column, self.text[start_of(key) : end_of(key)]
        first, *more = pair(key.value, value, indent)
        first = head + first.removeprefix(indent + scalar(key.value))
        if isinstance(node, ScalarNode) and node.style == "|" and isinstance(value, str) and is_literal(value):
            first = self.text[start_of(key) : self._line_end(start_of(node))].rstrip()
            more = [f"{indent}  {line}" if line else "" for line in value.split("\n")]
        elif more and first.endswith(":") and self._line_end(end_of(key)) <= start_of(node):
            first = self.text[start_of(key) : self._line_end(start_of(key))].rstrip()
        elif more:  # a comment behind would become part of it
            tail = self.text[end : self._line_end(end)].rstrip("\r\n")
            first, end = f"{first}{tail.rstrip()}", end + len(tail)
        self.change(start_of(key), end, "\n".join([first, *more]))

    def _remove_pair(self, key: Node, value: Node, keys: Sequence[Node], *, apart: bool) -> None:
        """Take out the lines of a pair; behind the dash of an entry, the next pair moves up."""
        start, end = start_of(key), self.end(value)
        line = self._line_start(start)
        if not self.text[line:start].strip():
            self.change(self._blanks_above(line) if apart else line, self._line_end(end), "")
            return
        below = min((start_of(k) for k in keys if start_of(k) > start), default=None)
        is_bare = below is not None and "#" not in self.text[end:below]
        self.change(start, below if below is not None and is_bare else end, "" if below is not None else "{}")

    def _remove_entry(self, node: Node, dash: int, *, is_first: bool, is_last: bool) -> None:
        """Take out the lines of an entry with the empty lines about it, and the comment above where it is its own.

        It is its own where both stand apart from what is around them; otherwise it may head what comes next.
        """
        start, end = self._line_start(dash), self._line_end(self.end(node))
        comment = self._comment_above(dash)
        if (is_first or self._blanks_above(comment) < comment) and (is_last or self._is_blank(end)):
            start = comment
        if not is_first:
            start = self._blanks_above(start)
        while is_first and not is_last and self._is_blank(end):
            end = self._line_end(end)
        self.change(start, end, "")

    def _blanks_above(self, start: int) -> int:
        """Where the empty lines above a line begin; the line itself without any."""
        while start > 0 and self._is_blank(self._line_start(start - 1)):
            start = self._line_start(start - 1)
        return start

    def _is_apart(self, dashes: Sequence[int]) -> bool:
        """Whether there is an empty line above the last entry of a list that has several."""
        top = self._comment_above(dashes[-1])
        return len(dashes) > 1 and self._blanks_above(top) < top

    def _comment_above(self, place: int) -> int:
        start = self._line_start(place)
        while start > 0 and self._is_comment(self._line_start(start - 1)):
            start = self._line_start(start - 1)
        return start

    def _dash(self, node: Node, column: int) -> int:
        """Where the dash of an entry stands: in its column, on the line of the entry or above."""
        line = self._line_start(start_of(node))
        while not self.text[line : line + column + 1].endswith("-"):
            line = self._line_start(line - 1)
        return line + column

    def end(self, node: Node) -> int:
        """Where a node ends for the eye: behind the last character of its last value."""
        if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
            last = node.value[-1]
            if not isinstance(last, tuple):
                return self.end(last)
            return max(self.end(last[1]), self.text.index(":", end_of(last[0])) + 1)
        if isinstance(node, ScalarNode) and node.style is None and not node.value:
            return start_of(node) if not self.text[start_of(node) : end_of(node)].strip() else end_of(node)
        return len(self.text[: end_of(node)].rstrip()) if isinstance(node, ScalarNode) else end_of(node)

    def _insert(self, place: int, lines: Iterable[str]) -> None:
        text = "\n".join(lines)
        is_open = place > 0 and not self.text[:place].endswith("\n")
        self.change(place, place, f"\n{text}" if is_open else f"{text}\n")

    def _line_start(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        found = self.text.find("\n", place)
        return len(self.text) if found < 0 else found + 1

    def _line(self, start: int) -> str:
        return self.text[start : self._line_end(start)].strip()

    def _is_blank(self, start: int) -> bool:
        return start < len(self.text) and not self._line(start)

    def _is_comment(self, start: int) -> bool:
        return self._line(start).startswith("#")
