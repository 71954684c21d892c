"""How the columns of a file are read: kept as JSON, proposed again for the next file with the same header."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping as Items
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Self

from fourfold.connectors.files.dates import MONTH
from fourfold.engine.measurements import COLUMNS
from fourfold.engine.measurements.events import AT
from fourfold.errors import FourfoldError

FIELDS: Final = (*COLUMNS, AT)
#: In which order the parts of a date stand.
ORDERS: Final = {"dmy": "day, month, year", "mdy": "month, day, year"}
MARKS: Final = {".": "a point", ",": "a comma"}
#: What is asked where the cells do not show it.
ASKED: Final = {
    "decimal": f"Which mark stands before decimals ({' or '.join(MARKS.values())})?",
    "dates": f"In which order do dates stand ({' or '.join(ORDERS.values())})?",
}
_PARTS: Final = ("value", "numerator", "denominator")


class MappingError(FourfoldError):
    """The columns of the file cannot be read this way."""


@dataclass(frozen=True)
class Mapping:
    """How to read a grid. `header` is the line of the header, 0 to find it; `sheet` one of a workbook, "" the first.

    `columns` has the column's name for each field; `fixed` what a field says in every row. In a wide layout `cells`
    has, for each column of figures, what it says beside the row: `kpi`, `unit` or `period`, and `as`, one of value,
    numerator and denominator. `codes` translates what stands there for `kpi` and `unit`. `decimal` is the mark before
    decimals, `dates` the order of day and month; both "" where nothing had to be decided. With `to_date`, figures are
    sums since the fiscal year began. Only rows whose columns say what `where` says are read.
    """

    sheet: str = ""
    header: int = 0
    separator: str = ""
    encoding: str = ""
    columns: Items[str, str] = field(default_factory=dict)
    fixed: Items[str, str] = field(default_factory=dict)
    cells: Items[str, Items[str, str]] = field(default_factory=dict)
    codes: Items[str, Items[str, str]] = field(default_factory=dict)
    decimal: str = ""
    dates: str = ""
    to_date: bool = False
    where: Items[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no file can be read by."""
        for name in (*self.columns, *self.fixed):
            if name not in FIELDS:
                raise MappingError(f"There is no field {name!r}.", hint=f"The fields are {', '.join(FIELDS)}.")
        if self.decimal and self.decimal not in MARKS:
            raise MappingError("The mark before decimals is a point or a comma.")
        if self.dates and self.dates not in ORDERS:
            raise MappingError("Dates are read as dmy (day first) or mdy (month first).")
        for said in self.cells.values():
            if not said.keys() <= {"kpi", "unit", "period", "as"} or said.get("as", "value") not in _PARTS:
                raise MappingError("A column of figures says kpi, unit or period, and as what it is read.")

    @classmethod
    def of(cls, kept: Items[str, Any]) -> Self:
        """What was kept as JSON; keys that are not known any more are left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def changed(self, **changes: Any) -> Self:
        """The same with some parts replaced."""
        return replace(self, **changes)


def words_of(name: str) -> str:
    """The words of a column's name, however they are joined.

    >>> words_of("LocalAuthority"), words_of("MEASURE_NAME "), words_of("KPI-Code")
    ('local authority', 'measure name', 'kpi code')
    """
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", name)
    return re.sub(r"[\s_\-]+", " ", apart.casefold()).strip()


def shape_of(header: Sequence[str]) -> str:
    """What files with the same header have in common, whatever periods are in it.

    >>> shape_of(["Site", "Jan 2026"]) == shape_of(["site ", "Feb 2026", "Mar 2026"])
    True
    """
    words = (re.sub(rf"\d+|\b{MONTH}\b", "0", re.sub(r"[\s_\-]+", " ", name.casefold().strip())) for name in header)
    return hashlib.sha256("\n".join(dict.fromkeys(words)).encode()).hexdigest()
