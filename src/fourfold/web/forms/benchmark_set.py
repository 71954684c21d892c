"""How a table of benchmarks is read, as a form: for each column what it says, and what holds for the whole set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fourfold.connectors.files.benchmark_columns import FIXED, BenchmarkColumns
from fourfold.connectors.files.detect import Header
from fourfold.connectors.files.mapping import ORDERS
from fourfold.web.forms.mapping import how_written

#: What a column can say, and how the page says it.
MEANINGS: Final = (
    ("", "not read"), ("kpi", "the KPI"), ("value", "what others reach"), ("source", "the source"),
    ("date", "the date of the source"), ("unit", "the unit of the organisation"), ("low", "the lower edge of a band"),
    ("high", "the upper edge of a band"), ("since", "the period it holds from"), ("note", "a note"),
)  # fmt: skip
#: What can be said once for the whole set: field, label, what it may be.
FOR_ALL: Final = (
    ("source", "Source", "Who published it, and what it is: peer median, top quartile."),
    ("date", "Date of the source", "A day, month or year: 2026-03-31, 2026-03 or 2026."),
    ("since", "Holds from", "The first period, such as 2026-03; that of the date where it is left empty."),
    ("unit", "Unit", "Empty for all units that have none of their own; for the whole of what adds up."),
)  # fmt: skip
_MOST: Final = 200  # columns that the page shows


@dataclass(frozen=True, slots=True)
class BenchmarkField:
    """One column: its name, what stands in it, and what it says."""

    id: str
    name: str
    samples: tuple[str, ...]
    chosen: str


def benchmark_fields(
    header: Header, samples: Mapping[str, tuple[str, ...]], columns: BenchmarkColumns
) -> list[BenchmarkField]:
    """The columns as the form shows them, in the order of the file."""
    means = {name: each for each, name in columns.columns.items()}
    return [
        BenchmarkField(key, name, samples.get(name, ()), means.get(name, ""))
        for key, name in list(header.names.items())[:_MOST]
    ]


def read_benchmark_columns(posted: Mapping[str, str], header: Header) -> BenchmarkColumns:
    """What was sent; columns beyond the header are none, and of two that say the same the first counts."""
    columns: dict[str, str] = {}
    for key, name in header.names.items():
        meaning = posted.get(f"c{key}", "")
        if meaning and meaning in dict(MEANINGS):
            columns.setdefault(meaning, name)
    fixed = {each: text for each in FIXED if (text := posted.get(f"fixed-{each}", "").strip()[:1_000])}
    dates = posted.get("dates", "")
    return BenchmarkColumns(columns, fixed, **how_written(posted), dates=dates if dates in ORDERS else "")
