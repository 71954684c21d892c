"""Where a recorded figure came from: the file, sheet and row, or the feed or program and the row of what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fourfold.records.models import Import

#: Kinds of imports that are told of; what a folder on the server is called is nobody's business.
_TOLD: Final = ("file", "feed", "push")


class Lineage(NamedTuple):
    """An import as far as it is told; `name` is that of the file, feed or token, `sheet` that of a workbook.

    `row` is the line of the file, or the number in what a feed or a program gave; None for figures from before rows
    were kept. Where it `adds_up`, the figure may be made of several rows, and this is the first of them.
    """

    kind: str
    name: str
    sheet: str
    row: int | None
    adds_up: bool

    def words(self, *, but: str = "") -> str:
        """For people, without a name that is said beside it.

        >>> Lineage("file", "till.xlsx", "May", 7, adds_up=False).words()
        'till.xlsx, sheet May, row 7'
        >>> Lineage("feed", "feed Sales", "", 7, adds_up=True).words(but="Sales")
        'from row 7 on'
        """
        name = "" if but and self.name in (but, f"feed {but}") else self.name
        row = f"{'from row' if self.adds_up else 'row'} {self.row}{' on' if self.adds_up else ''}" if self.row else ""
        return ", ".join(part for part in (name, self.sheet and f"sheet {self.sheet}", row) if part)


def lineage_of(run: Import | None, row: int | None) -> Lineage | None:
    """That of a figure which this import brought; None where nobody is told of it, or a person entered it."""
    return None if run is None else lineage(run.kind, run.source, run.mapping, run.adds_up, row)


def lineage(
    kind: str | None, name: str | None, mapping: Mapping[str, Any] | None, adds_up: bool | None, row: int | None
) -> Lineage | None:
    """The same of columns that a query gave."""
    if kind not in _TOLD:
        return None
    return Lineage(kind, name or "", (mapping or {}).get("sheet", ""), row, adds_up=bool(adds_up))
