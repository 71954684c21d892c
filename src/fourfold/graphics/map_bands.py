"""A strategy map with its themes as bands: slices from top to bottom, objectives without a theme at the right.

Rows of one perspective share the columns of each band, so that a band runs straight from top to bottom; where several
perspectives stand side by side, each has its own stretch of the band.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fourfold.graphics.map_layout import Block, Objective, Perspective, members_of, rows_of, settled

#: What stands for the band of objectives without a theme.
NONE: Final = ""
_LAST: Final = 99


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and its name over the band."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """The slots of a theme in one perspective, from `first` on, in a row of the map."""

    theme: str
    perspective: str
    row: int
    first: int
    count: int


def arrange_in_bands(
    perspectives: Sequence[Perspective], objectives: Iterable[Objective], links: Sequence[tuple[str, str]],
    themes: Sequence[Theme], spare: int = 0,
) -> tuple[list[list[Block]], list[Stretch]]:  # fmt: skip
    """Rows from the top as `map_layout.arrange` gives them, and where each theme stands in them.

    Inside its band an objective keeps its order by slot; one without a slot goes near what it is linked with. A theme
    without objectives has no band, but where boxes are moved (`spare` slots more in each).
    """
    known = {theme.id for theme in themes}
    members, grid = members_of(perspectives, objectives), rows_of(perspectives)
    of: Mapping[tuple[str, str], list[Objective]] = {
        (p.id, theme): _in_order(o for o in members[p.id] if (o.theme if o.theme in known else NONE) == theme)
        for p in perspectives
        for theme in (*known, NONE)
    }
    order = [*(theme.id for theme in themes), NONE]
    alone = [row[0].id for row in grid if len(row) == 1]
    width = {theme: max((len(of[p, theme]) for p in alone), default=0) + spare for theme in order}
    split: list[list[Block]] = []
    stretches: list[Stretch] = []
    for r, row in enumerate(grid):
        split.append([])
        for p in row:
            first = 0
            for theme in order:
                own = of[p.id, theme]
                size = width[theme] if len(row) == 1 else len(own) + spare
                split[r].append(Block(p, [*own, *([None] * (size - len(own)))]))
                if size:
                    stretches.append(Stretch(theme, p.id, r, first, size))
                first += size
    return [_merged(row) for row in settled(split, links)], stretches


def _in_order(objectives: Iterable[Objective]) -> list[Objective]:
    """By slot, then as given; those that have one keep this order."""
    ordered = sorted(objectives, key=lambda o: _LAST if o.slot is None else o.slot)
    return [replace(o, slot=i) if o.slot is not None else o for i, o in enumerate(ordered)]


def _merged(row: Sequence[Block]) -> list[Block]:
    """One block for each perspective again."""
    blocks: dict[str, Block] = {}
    for block in row:
        blocks.setdefault(block.perspective.id, Block(block.perspective)).slots.extend(block.slots)
    return list(blocks.values())
