"""Rows of a source → a table of figures: columns named, days made periods, several rows of one figure made one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import polars as pl

from fourfold.connectors.port import Rows, SourceError
from fourfold.engine.definitions import Definitions
from fourfold.engine.measurements import FIGURES
from fourfold.engine.measurements.events import AT, Summed, is_events, sum_up
from fourfold.engine.periods import Period, PeriodError
from fourfold.engine.words import choices, did_you_mean, show

#: The columns of figures that a feed can fill; the first three always.
TARGETS: Final = ("kpi", "unit", "period", *FIGURES, "note", "recorded_at")
KEYS: Final = TARGETS[:3]
#: What several rows of one KPI, unit and period are made.
ADDINGS: Final[dict[str, str]] = {
    "": "each row is a figure",
    "sum": "rows are added up",
    "count": "rows are counted",
    "mean": "rows are averaged",
    "last": "the last row counts",
    "events": "rows are events",
}
#: Rows are events, and the column of periods holds their moments; imports count and add them up.
EVENTS: Final = "events"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLACE: Final = ("kpi", "period")
_Place = tuple[str | None, str]
_Adding = Callable[[Sequence[Decimal]], Decimal]
_MADE: Final[dict[str, _Adding]] = {
    "sum": lambda numbers: sum(numbers, Decimal(0)),
    "count": lambda numbers: Decimal(len(numbers)),
    "mean": lambda numbers: sum(numbers, Decimal(0)) / len(numbers),
    "last": lambda numbers: numbers[-1],
}


def missing_columns(rows: Rows, columns: Mapping[str, str]) -> SourceError | None:
    """What is wrong where the source does not give a column that the feed reads, be it gone or renamed."""
    wanted = [name for name in columns.values() if name and not name.startswith("=")]
    gone = [name for name in wanted if name not in rows.columns]
    if not gone or not (rows.columns or rows.rows):
        return None
    noun = "columns" if len(gone) > 1 else "column"
    message = f"The source no longer gives the {noun} {choices(list(map(show, gone)), 'and')}."
    there = f"It gives {choices(list(map(show, rows.columns)), 'and')}."
    return SourceError(message, hint=f"{there} {did_you_mean(gone[0], list(rows.columns), 'column')}")


def figures_of(
    rows: Rows, columns: Mapping[str, str], adding: str, definitions: Definitions, *, source: str,
    names: Mapping[str, str],
) -> pl.DataFrame:
    """The rows as texts in columns of `TARGETS`, their `source`, and `row`, their numbers.

    `names` says what the source calls KPIs and units. Raises `SourceError` for columns that the source does not give.

    A day in the column `period` becomes the period of the KPI that it lies in; of `EVENTS` it is the column `at`, and
    the rows stay as they are. With another adding, rows of the same KPI,
    unit and period become one, under the number of the first; a text among their numbers stays as it is, so that the
    checks refuse it.
    """
    if wrong := missing_columns(rows, columns):
        raise wrong
    used = {target: columns[target] for target in TARGETS if columns.get(target)}
    places = {name: i for i, name in enumerate(rows.columns)}

    def cell(row: Sequence[str | None], source: str) -> str | None:
        return source[1:] if source.startswith("=") else row[places[source]]

    table = {target: [cell(row, source) for row in rows.rows] for target, source in used.items()}
    for target in ("kpi", "unit"):
        table[target] = [None if text is None else names.get(text.strip(), text) for text in table.get(target, ())]
    if adding == EVENTS:
        events = pl.DataFrame(table, schema=dict.fromkeys(used, pl.String)).rename({"period": AT}, strict=False)
        return events.with_row_index("row", offset=1).with_columns(pl.lit(source, pl.String).alias("source"))
    if "kpi" in table and "period" in table:
        pairs = zip(table["kpi"], table["period"], strict=True)
        table["period"] = [_period(kpi, text, definitions) for kpi, text in pairs]
    frame = pl.DataFrame(table, schema=dict.fromkeys(used, pl.String)).with_row_index("row", offset=1)
    figures = _together(frame, adding) if adding else frame
    return figures.with_columns(pl.lit(source, pl.String).alias("source"))


def rows_of_figure(
    rows: Rows, columns: Mapping[str, str], adding: str, definitions: Definitions, *, names: Mapping[str, str],
    place: tuple[str, str, str],
) -> tuple[list[int], dict[str, str | None]]:
    """The numbers of the rows that one figure is made of, from 1 on, and what they are made, by column of figures.

    `place` is its KPI, unit and period. Both are empty where no row is about it. Raises as `figures_of` does.
    """
    kpi, unit, period = place

    def here(adding: str) -> pl.DataFrame:
        frame = figures_of(rows, columns, adding, definitions, source="", names=names)
        theirs = frame.filter((pl.col("kpi") == kpi) & (pl.col("unit") == unit))
        same = [_parsed(text, definitions) == period for text in theirs["period"]]
        return theirs.filter(pl.Series(same, dtype=pl.Boolean))

    if adding == EVENTS:
        events = figures_of(rows, columns, adding, definitions, source="", names=names)
        numbers, one = _events_of_figure(events, definitions, place)
        return numbers, {name: text for row in one.rows(named=True) for name, text in row.items() if name in FIGURES}
    made = here(adding).rows(named=True)
    figures: dict[str, str | None] = {name: made[-1][name] for name in FIGURES if name in made[-1]} if made else {}
    return here("")["row"].to_list(), figures


@dataclass(frozen=True, slots=True)
class Given:
    """The rows of a source, which are figures; or events, with the figures that they add up to."""

    rows: pl.DataFrame
    summed: Summed | None = None
    left_out: tuple[str, ...] = ()  # periods of figures that `since` leaves out

    @property
    def figures(self) -> pl.DataFrame:
        """One row for each figure."""
        return self.rows if self.summed is None else self.summed.figures

    def since(self, day: date, definitions: Definitions) -> Given:
        """Without figures of periods that began before the day from which on the source was asked.

        A figure of half a period would replace that of the whole one. What the source gives although it was not asked
        for it stays: of rows that are figures those of periods that were over by then, and a period in whose midst the
        day is, where there is something of its KPI from before it. Events that cannot be counted stay, to be refused.
        """
        cut, over = self._early(day, definitions)
        early = cut if self.summed is None else cut + over
        if not early:
            return self
        told = tuple(sorted({period for _, period in cut}))
        places = pl.DataFrame(early, schema={"kpi": pl.String, "period": pl.String}, orient="row")
        if self.summed is None:
            rows = self.rows.join(places, on=_PLACE, how="anti", nulls_equal=True, maintain_order="left")
            return Given(rows, left_out=told)
        figures = self.summed.figures.with_row_index("figure").cast({"figure": pl.Int64})
        left = figures.join(places, on=_PLACE, how="anti", nulls_equal=True, maintain_order="left")["figure"]
        gone = self.summed.members.filter(~pl.col("figure").is_in(left.implode()))["index"].implode()
        rows = self.rows.with_row_index("was").cast({"was": pl.Int64}).filter(~pl.col("was").is_in(gone))
        return Given(rows.drop("was"), self.summed.only(left, rows["was"]), told)

    def _early(self, day: date, definitions: Definitions) -> tuple[list[_Place], list[_Place]]:
        """The periods of KPIs in whose midst the day is and of which a part may be missing, and those over by then."""
        texts = self.figures.select(_PLACE).unique().rows()
        found = {(kpi, text): period for kpi, text in texts if (period := _period_of(text, definitions)) is not None}
        first: dict[str | None, date] = {}
        for (kpi, _), period in found.items():
            first[kpi] = min(first.get(kpi, period.start), period.start)
        begun = {place: period for place, period in found.items() if period.start < day}
        cut = [place for place, period in begun.items() if period.end > day and first[place[0]] == period.start]
        return cut, [place for place, period in begun.items() if period.end <= day]


def given_in(rows: pl.DataFrame, definitions: Definitions) -> Given:
    """What `figures_of` made of an answer; events are added up here, once for all that is done with them."""
    return Given(rows, _summed(rows, definitions) if is_events(rows.columns) else None)


def _events_of_figure(
    rows: pl.DataFrame, definitions: Definitions, place: tuple[str, str, str]
) -> tuple[list[int], pl.DataFrame]:
    """The numbers of the events that the figure of a KPI, unit and period is made of, and the figure; empty if none."""
    summed = _summed(rows, definitions)
    is_here = pl.all_horizontal(*(pl.col(n) == part for n, part in zip(("kpi", "unit", "period"), place, strict=True)))
    made = summed.figures.with_row_index("figure").cast({"figure": pl.Int64}).filter(is_here)
    members = summed.members.join(made.select("figure"), on="figure", how="semi")["index"]
    return rows["row"].gather(members.sort()).to_list(), made


def _summed(rows: pl.DataFrame, definitions: Definitions) -> Summed:
    return sum_up(rows.with_row_index("index").cast({"index": pl.Int64, "row": pl.Int64}), definitions, None)


def _parsed(text: str | None, definitions: Definitions) -> str | None:
    found = _period_of(text, definitions)
    return found.id if found else None


def _period_of(text: str | None, definitions: Definitions) -> Period | None:
    try:
        return definitions.calendar.parse(text) if text else None
    except PeriodError:
        return None


def _period(kpi: str | None, text: str | None, definitions: Definitions) -> str | None:
    found = definitions.kpi.get(kpi or "")
    if found is None or text is None or not _DAY.match(text):
        return text
    try:
        return definitions.calendar.period(found.frequency, date.fromisoformat(text[:10])).id
    except ValueError:
        return text


def _together(frame: pl.DataFrame, adding: str) -> pl.DataFrame:
    figures = [name for name in FIGURES if name in frame.columns]
    grouped: dict[tuple[str | None, ...], list[dict[str, str | None]]] = {}
    first: dict[tuple[str | None, ...], int] = {}
    for row in frame.iter_rows(named=True):
        key = tuple(row[name] for name in KEYS)
        first.setdefault(key, row["row"])
        grouped.setdefault(key, []).append({name: row[name] for name in figures})
    made = [
        dict(zip(KEYS, key, strict=True)) | {"row": first[key]}
        | {name: _one([part[name] for part in parts], adding) for name in figures}
        for key, parts in grouped.items()
    ]  # fmt: skip
    schema = {"row": pl.Int64(), **dict.fromkeys((*KEYS, *figures), pl.String())}
    return pl.DataFrame(made, schema=schema)


def _one(texts: Sequence[str | None], adding: str) -> str | None:
    numbers: list[Decimal] = []
    for text in texts:
        if text is None:
            continue
        if adding == "count":
            numbers.append(Decimal(1))
            continue
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number.is_finite():
            return text
        numbers.append(number)
    return format(_MADE[adding](numbers), "f") if numbers else None
