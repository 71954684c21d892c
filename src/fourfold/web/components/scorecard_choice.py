"""What somebody chose to see of a scorecard: filters, whose KPIs, and in which order; all of it is in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from fourfold.engine.statuses import Status
from fourfold.records.queries.overview import is_change
from fourfold.records.queries.scorecard import Row
from fourfold.web.address import Here

#: The statuses one can filter by: name in the address, and the statuses it stands for.
FILTERS: Final = {
    "off": (Status.OFF,),
    "near": (Status.NEAR,),
    "on": (Status.ON,),
    "due": (Status.OVERDUE,),
    "none": (
        Status.NOT_DUE, Status.NOT_APPLICABLE, Status.ERROR, Status.UNSCORED, Status.INSUFFICIENT, Status.NO_DATA,
    ),
}  # fmt: skip
_WORDS: Final = {"none": "Not scored"}
CHANGED: Final = "changed"
#: The orders one can choose; without one the table keeps its perspectives.
ORDERS: Final[dict[str, Callable[[Row, Here], Any]]] = {
    "name": lambda row, _: row.kpi.kpi.name.lower(),
    "owner": lambda row, here: owner_name(here, row),
    "gap": lambda row, _: -row.kpi.gap,
    "score": lambda row, _: row.kpi.now.score if row.kpi.now else None,
}


class Chosen(NamedTuple):
    """What the address asks for, with everything unknown left out."""

    filters: tuple[str, ...]
    mine: bool
    order: str  # a key of ORDERS, with a minus for the other direction, or ""

    def query(self, **changed: object) -> dict[str, str]:
        """The query of this choice with something changed."""
        new = self._replace(**changed)  # type: ignore[arg-type]
        query = {"st": ",".join(new.filters), "owner": "me" if new.mine else "", "sort": new.order}
        return {name: value for name, value in query.items() if value}

    @property
    def words(self) -> str:
        """The filters in words; empty where all rows are shown."""
        named = [CHANGED.capitalize() if f == CHANGED else filter_name(f) for f in self.filters]
        return ", ".join([*named, *(["Mine"] if self.mine else [])])


def chosen_in(asked: Mapping[str, str]) -> Chosen:
    """The choice in the query of an address."""
    filters = tuple(f for f in (*FILTERS, CHANGED) if f in asked.get("st", "").split(","))
    order = asked.get("sort", "")
    return Chosen(filters, asked.get("owner") == "me", order if order.removeprefix("-") in ORDERS else "")


def filter_name(key: str) -> str:
    """A filter by status in words."""
    return _WORDS.get(key) or FILTERS[key][0].word


def wanted(here: Here, rows: Iterable[Row], chosen: Chosen) -> list[Row]:
    """The rows that pass the filters, in the order they have."""
    return [row for row in rows if _is_wanted(here, row, chosen)]


def in_order(here: Here, rows: list[Row], order: str) -> list[Row]:
    """In the order asked for; rows without what is sorted by come last, whichever way."""
    key = ORDERS[order.removeprefix("-")]
    known = [row for row in rows if key(row, here) not in (None, "")]
    rest = [row for row in rows if key(row, here) in (None, "")]
    return sorted(known, key=lambda row: key(row, here), reverse=order.startswith("-")) + rest


def owner_name(here: Here, row: Row) -> str:
    """The name of the owner; empty without one."""
    owner = here.scope.structure.people.get(row.kpi.kpi.owner or "")
    return owner.name if owner else ""


def _is_wanted(here: Here, row: Row, chosen: Chosen) -> bool:
    if chosen.mine and not here.scope.owns(row.kpi.kpi):
        return False
    statuses = [s for f in chosen.filters if f != CHANGED for s in FILTERS[f]]
    if CHANGED in chosen.filters and not is_change(row.kpi):
        return False
    return not statuses or row.kpi.status in statuses
