"""How a spreadsheet of KPIs is read, as a form: for each column what it says, and what is the same in all rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from fourfold.connectors.files.dates import plain_period
from fourfold.connectors.files.detect import Header
from fourfold.connectors.files.mapping import Mapping as Reading
from fourfold.connectors.files.scorecard_columns import OF_FIGURES, OF_ROWS, WORDS, ScorecardColumns
from fourfold.connectors.files.scorecard_figures import period_in
from fourfold.connectors.files.scorecard_periods import period_over, target_over
from fourfold.engine.measurements import FIGURES
from fourfold.engine.periods import Calendar, Period
from fourfold.web.forms.mapping import how_written

#: What a column can say, and how the page says it.
MEANINGS: Final = (
    ("", "not read"), ("perspective", "perspective"), ("objective", "objective"), ("kpi", "name of the KPI"),
    ("code", "code of the KPI"), ("definition", "definition"), ("measured_in", "what it is counted in"),
    ("better", "which way is better"), ("target", "target"), ("red_line", "red line"), ("owner", "owner"),
    ("frequency", "how often it is measured"), ("source", "source"), ("unit", "unit of the organisation"),
    ("period", "period of the figure"), ("value", "figure"), ("numerator", "numerator of the figure"),
    ("denominator", "denominator of the figure"), ("of:period", "figures of the period named here"),
    ("of:target", "targets of the period named here"), ("year", "fiscal year of the figures"),
)  # fmt: skip
#: What can be the same in all rows: field, label, and the choices where there are some.
FIXED: Final = (
    ("perspective", "Perspective", ()), ("objective", "Objective", ()), ("measured_in", "Counted in", ()),
    ("better", "Better is", (("higher", "higher"), ("lower", "lower"))),
    ("frequency", "Measured every", (("month", "month"), ("quarter", "quarter"), ("year", "year"))),
    ("period", "Period of the figures", ()), ("year", "Year of months and quarters without one", ()),
    ("zeros", "A zero is", (("figure", "a figure"), ("missing", "nothing reported"))),
)  # fmt: skip
_MOST: Final = 200  # columns that the page shows


@dataclass(frozen=True, slots=True)
class ScorecardField:
    """One column: its name, what stands in it, what it is, and the period of its figures, as written and in full."""

    id: str
    name: str
    samples: tuple[str, ...]
    chosen: str
    period: str
    label: str


def scorecard_fields(
    header: Header, samples: Mapping[str, tuple[str, ...]], read: ScorecardColumns, years: Collection[Period],
    calendar: Calendar,
) -> list[ScorecardField]:  # fmt: skip
    """The columns as the form shows them, in the order of the file; periods in full where all rows are of one year."""
    means = {name: field for field, name in read.figures.columns.items()}
    means |= {name: field for field, name in reversed(list(read.columns.items()))}
    means |= dict.fromkeys(read.figures.cells, "of:period") | dict.fromkeys(read.targets, "of:target")
    said = {name: cell.get("period", "") for name, cell in read.figures.cells.items()} | dict(read.targets)
    aim = read.columns.get("target", "")
    year, found = next(iter(years)) if len(years) == 1 else None, []
    for key, name in list(header.names.items())[:_MOST]:
        period = period_in(said.get(name, target_over(name) if name == aim else ""), year, calendar)
        label = period.label if period is not None else ""
        found.append(
            ScorecardField(key, name, samples.get(name, ()), means.get(name, ""), said.get(name, ""), label)
        )  # fmt: skip
    return found


def read_scorecard_columns(posted: Mapping[str, str], header: Header) -> ScorecardColumns:
    """What was sent; columns beyond the header are none, and of two that say the same the first counts."""
    columns: dict[str, str] = {}
    cells: dict[str, dict[str, str]] = {}
    targets: dict[str, str] = {}
    for key, name in header.names.items():
        meaning, period = posted.get(f"c{key}", ""), posted.get(f"n{key}", "").strip()[:40]
        if meaning == "of:period":
            cells[name] = {"period": plain_period(period or period_over(name) or name, "")}
        elif meaning == "of:target":
            targets[name] = plain_period(period or target_over(name) or name, "")
        elif meaning in dict(MEANINGS) and meaning:
            columns.setdefault(meaning, name)
    of_figures = {f: n for f, n in columns.items() if f in OF_FIGURES and not (cells and f in (*FIGURES, "period"))}
    said = {field: text for field, *_ in FIXED if (text := posted.get(f"fixed-{field}", "").strip()[:200])}
    fixed = {field: text for field, text in said.items() if field in OF_FIGURES and field not in of_figures}
    own = {field: name for field, name in columns.items() if field in (*WORDS, *OF_ROWS)}
    reading = Reading(**how_written(posted), columns=of_figures, cells=cells, fixed=fixed)
    in_all = {f: t for f, t in said.items() if f in (*WORDS, *OF_ROWS) and f not in own}
    return ScorecardColumns(own, in_all, reading, targets)
