"""Tables of events → rows of figures: each event falls into the period of its unit's own day (methodology §2.3).

A table that has a column `at` and no `period` holds events: a sale, a visit, an accident. `at` is a moment with its
offset (`2026-03-31T22:30:00Z`; without one it is UTC) or a plain day of the unit. A moment is put into the day of the
unit's time zone first, so that what happens at 22:30 UTC on 31 March is April's in Berlin and March's in London.

Flows add up: their values, or without a column of values the number of events. Ratios add up numerators and
denominators. A stock is what the last event of the period says. Other kinds cannot be made from single events.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Finding
from fourfold.engine.measurements import FIGURES, Reason
from fourfold.engine.measurements.report import Report, Row
from fourfold.engine.periods import Calendar, Frequency, Period, index_of_moments
from fourfold.engine.unit_settings import settings_of, zone_of
from fourfold.engine.words import show

AT: Final = "at"
_KINDS: Final = (MeasureKind.FLOW, MeasureKind.RATIO, MeasureKind.STOCK)
_KEYS: Final = ("kpi", "unit")
_CELL: Final = (*_KEYS, "period")
#: Digits that sums keep behind the point; a figure with more is refused like any other that is no plain number.
_EXACT: Final = pl.Decimal(38, 10)


def is_events(columns: Sequence[str]) -> bool:
    """Whether a table with columns of these names holds events."""
    return AT in columns and "period" not in columns


class Summed(NamedTuple):
    """Figures that events add up to, in the columns of tables of figures.

    `members` has the `index` of each event and the place of its `figure`; `reasons` say of events by their index why
    they are refused.
    """

    figures: pl.DataFrame
    members: pl.DataFrame
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...]

    def only(self, figures: pl.Series, indexes: pl.Series) -> Summed:
        """The figures at these places, where only the events at these indexes are left, which take new ones."""
        places = pl.DataFrame([figures.alias("figure")]).with_row_index("to").cast({"to": pl.Int64})
        events = pl.DataFrame([indexes.alias("index")]).with_row_index("at").cast({"at": pl.Int64})
        members = self.members.join(places, on="figure", maintain_order="left").join(events, on="index")
        moved = dict(zip(indexes.to_list(), range(len(indexes)), strict=True)) if self.reasons else {}
        reasons = tuple(reason._replace(at=moved[reason.at]) for reason in self.reasons)
        members = members.select(pl.col("at").alias("index"), pl.col("to").alias("figure"))
        return Summed(self.figures[figures], members, reasons, self.findings)


def sum_up(events: pl.DataFrame, definitions: Definitions, file: str | None) -> Summed:
    """The figures of events that can be counted whole; `events` as for `figures_of`, and `index`, their places.

    A figure without one of its events would be wrong and look right: where one is refused, so are the others of its
    period, and where its moment cannot be read, all of its KPI and unit.
    """
    report = Report(keeps_reasons=True)
    names = [name for name in events.columns if name not in ("row", "index")]
    texts = [pl.col(name).cast(pl.String).str.strip_chars().replace("", None) for name in names]
    good, bad = _judged(events.select(*texts, "row", "index"), definitions, file, report)
    for keys, broken in ((_CELL, bad.filter(pl.col("period").is_not_null())),
                         (_KEYS, bad.filter(pl.col("period").is_null()))):  # fmt: skip
        spoiled = good.join(broken.select(keys).unique(), on=keys, how="semi", maintain_order="left", nulls_equal=True)
        report.add(spoiled, "ROW-EVENT-OTHER", _bad_other, by=["file", *_KEYS])
        good = good.join(spoiled.select("index"), on="index", how="anti", maintain_order="left")
    figures = _added(good, [f for f in FIGURES if f in events.columns])
    numbered = figures.select(*_CELL, pl.int_range(pl.len(), dtype=pl.Int64).alias("figure"))
    members = good.join(numbered, on=_CELL, maintain_order="left", nulls_equal=True).select("index", "figure")
    return Summed(figures, members, tuple(report.reasons), report.findings())


def figures_of(events: pl.DataFrame, definitions: Definitions, file: str | None, report: Report) -> pl.DataFrame:
    """One row for each KPI, unit and period with an event, `row` that of its first one.

    `events` has `kpi`, `unit`, `at` and the figures there are, as text, and `row`. Events whose moment or figure
    cannot be read, or whose KPI cannot be made from events, are reported and left out, and so is no longer right what
    they belong to: the findings are errors, which keep the whole table out. Keys that are not known are passed on.
    """
    good, _ = _judged(events, definitions, file, report)
    return _added(good, [f for f in FIGURES if f in events.columns])


def _judged(
    events: pl.DataFrame, definitions: Definitions, file: str | None, report: Report
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events that can be counted, in the order of their moments, and those that cannot, each with its `period`."""
    kinds = {kpi.code: kpi.kind for kpi in definitions.kpis}
    rows = events.with_columns(pl.lit(file, pl.String).alias("file"))
    rows = _placed(rows, definitions)
    figures = [f for f in FIGURES if f in rows.columns]
    rows = rows.with_columns(
        pl.col("kpi").replace_strict(kinds, default=None, return_dtype=pl.String).alias("kind"),
        *[pl.col(f).cast(_EXACT, strict=False).alias(f"{f}_exact") for f in figures],
    )
    known = pl.col("kind").is_not_null()
    bad = {
        "ROW-AT": (known & pl.col("period").is_null(), _bad_moment),
        "ROW-EVENT-KIND": (known & ~pl.col("kind").is_in([*_KINDS]), _bad_kind),
        "ROW-EVENT-FIGURE": (known & _without_figure(figures), _bad_figure),
    }
    for code, (broken, say) in bad.items():
        report.add(rows.filter(broken), code, say, by=["file", "kpi"])
    is_bad = pl.any_horizontal(*[broken.fill_null(False) for broken, _ in bad.values()])
    return rows.filter(~is_bad).sort("moment", maintain_order=True, nulls_last=True), rows.filter(is_bad)


def _placed(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """Add `moment` (UTC, as text) and `period`, the id of the one it lies in; null where `at` is neither."""
    texts = rows["at"].unique().to_list()
    read = {text: _read(text) for text in texts if text is not None}
    frequencies = {kpi.code: kpi.frequency for kpi in definitions.kpis}
    zones = {unit.code: settings_of(definitions, unit).zone for unit in definitions.units}
    found: list[pl.DataFrame] = []
    for (kpi, unit), some in rows.group_by(*_KEYS, maintain_order=True):
        frequency = frequencies.get(str(kpi), Frequency.DAY)
        zone = zones.get(str(unit)) or zone_of(definitions.organisation)
        times = [read.get(text) for text in some["at"].to_list()]
        ids = _periods(times, definitions.calendar, frequency, zone)
        moments = [None if t is None else t.isoformat() for t in times]  # a day sorts before its moments
        found.append(some.with_columns(pl.Series("moment", moments, pl.String), pl.Series("period", ids, pl.String)))
    return pl.concat(found) if found else rows.with_columns(*[pl.lit("").alias(c) for c in ("moment", "period")])


def _read(text: str) -> datetime | date | None:
    """A moment in UTC without its zone, a plain day, or None."""
    try:
        if len(text) == len("2026-03-31"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _periods(
    times: list[datetime | date | None], calendar: Calendar, frequency: Frequency, zone: ZoneInfo
) -> list[str | None]:
    """The id of the period each lies in."""
    moments = np.array([t if isinstance(t, datetime) else None for t in times], dtype="datetime64[s]")
    ids: list[str | None] = [None] * len(times)
    if not np.isnat(moments).all():
        low, high = (edge(moments[~np.isnat(moments)]).item().date() for edge in (np.min, np.max))
        first, last = (calendar.period(frequency, day) for day in (low, high))
        around: tuple[Period, ...] = calendar.range(first.shift(-1), last.shift(1))  # the unit's day may be another one
        index = index_of_moments(moments, around, zone)
        names = [period.id for period in around]
        ids = [names[i] if i >= 0 else None for i in index.tolist()]
    days = {t: calendar.period(frequency, t).id for t in set(times) if t is not None and not isinstance(t, datetime)}
    return [days.get(t, found) if t is not None else None for t, found in zip(times, ids, strict=True)]


def _without_figure(figures: Sequence[str]) -> pl.Expr:
    """Where the kind needs a figure that is not there, or is none."""
    ratio, flow = pl.col("kind") == MeasureKind.RATIO, pl.col("kind") == MeasureKind.FLOW
    has = {f: pl.col(f"{f}_exact").is_not_null() if f in figures else pl.lit(False) for f in FIGURES}
    parts = has["numerator"] & has["denominator"]
    return pl.when(ratio).then(~parts).when(flow & pl.lit("value" not in figures)).then(False).otherwise(~has["value"])


def _added(rows: pl.DataFrame, figures: Sequence[str]) -> pl.DataFrame:
    """The figure of each KPI, unit and period, as text."""
    exact = {f: pl.col(f"{f}_exact") for f in figures}
    is_stock = pl.col("kind").first() == MeasureKind.STOCK
    count = pl.len().cast(pl.String)
    value = pl.when(is_stock).then(exact["value"].last()).otherwise(exact["value"].sum()) if "value" in exact else None
    parts = [exact[f].sum().alias(f) for f in ("numerator", "denominator") if f in exact]
    summed = rows.group_by(*_KEYS, "period", maintain_order=True).agg(
        pl.col("row").min(), pl.col("kind").first(),
        *([value.alias("value")] if value is not None else [count.alias("value")]), *parts,
    )  # fmt: skip
    is_ratio = pl.col("kind") == MeasureKind.RATIO
    kept = [
        pl.when(is_ratio if f != "value" else ~is_ratio).then(_plain(f, summed.schema[f])).alias(f)
        for f in FIGURES
        if f in summed.columns
    ]
    return summed.select(*_KEYS, "period", *kept, "row").sort("row", maintain_order=True)


def _plain(figure: str, form: pl.DataType) -> pl.Expr:
    """A sum as people write it: no digit that says nothing behind the point."""
    text = pl.col(figure).cast(pl.String)
    return text.str.strip_chars_end("0").str.strip_chars_end(".") if form.is_decimal() else text


def _bad_moment(row: Row) -> tuple[str, str]:
    message = f"KPI {row['kpi']}, unit {row['unit']}: {show(row['at'])} is no moment and no day."
    return message, "Write 2026-03-31T22:30:00Z, with the offset of a time zone, or 2026-03-31 for a day of the unit."


def _bad_kind(row: Row) -> tuple[str, str]:
    message = f"KPI {row['kpi']} is of the kind {row['kind']}, which cannot be made from single events."
    return message, "Give a figure for each period, in a column period in the place of at."


def _bad_figure(row: Row) -> tuple[str, str]:
    needed = "numerator and denominator" if row["kind"] == MeasureKind.RATIO else "a value"
    message = f"KPI {row['kpi']}, unit {row['unit']}, {row['at']}: the event has not {needed} as plain numbers."
    return message, f"Fill in {needed}, with a decimal point and at most 10 digits behind it, or delete the event."


def _bad_other(row: Row) -> tuple[str, str]:
    message = f"KPI {row['kpi']}, unit {row['unit']}: another event of the same figure cannot be counted."
    return message, "Mend the other one: without it the figure would be wrong."
