"""The tree of units as rows, each unit after the one above it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fourfold.engine.definitions import Definitions, Unit

#: Rows are indented so far at most; what lies deeper says its level in words.
DEEPEST: Final = 12


def unit_rows(definitions: Definitions) -> Iterator[tuple[Unit, int]]:
    """Each unit with how many units are above it."""
    below: dict[str | None, list[Unit]] = {}
    for unit in definitions.units:
        below.setdefault(unit.parent, []).append(unit)
    todo = [(unit, 0) for unit in reversed(below.get(None, []))]
    while todo:
        unit, depth = todo.pop()
        yield unit, depth
        todo += [(each, depth + 1) for each in reversed(below.get(unit.code, []))]
