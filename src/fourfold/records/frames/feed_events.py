"""Rows of a source that are events, for which others give periods: what they add up to, as imports add them up."""

from __future__ import annotations

from datetime import date

import polars as pl

from fourfold.engine.definitions import Definitions
from fourfold.engine.measurements.events import Summed, is_events, sum_up


def as_figures(rows: pl.DataFrame, definitions: Definitions) -> pl.DataFrame:
    """The figures that rows come to where they are events; else the rows, which are figures."""
    return _summed(rows, definitions).figures if is_events(rows.columns) else rows


def whole(rows: pl.DataFrame, definitions: Definitions, since: date) -> pl.DataFrame:
    """The rows without events of periods that began before `since`: the source was not asked for all of those.

    A figure of half a month would replace that of the month. Events that cannot be counted stay, to be refused.
    """
    if not is_events(rows.columns):
        return rows
    summed = _summed(rows, definitions)
    periods = summed.figures["period"].to_list()
    begun = [i for i, text in enumerate(periods) if definitions.calendar.parse(text).start < since]
    gone = summed.members.filter(pl.col("figure").is_in(begun))["index"].to_list()
    return rows.filter(~pl.int_range(pl.len()).is_in(gone)) if gone else rows


def events_of_figure(
    rows: pl.DataFrame, definitions: Definitions, place: tuple[str, str, str]
) -> tuple[list[int], pl.DataFrame]:
    """The numbers of the events that the figure of a KPI, unit and period is made of, and the figure; empty if none."""
    summed = _summed(rows, definitions)
    is_here = pl.all_horizontal(*(pl.col(n) == part for n, part in zip(("kpi", "unit", "period"), place, strict=True)))
    made = summed.figures.with_row_index("figure").cast({"figure": pl.Int64}).filter(is_here)
    members = summed.members.join(made.select("figure"), on="figure", how="semi")["index"]
    return rows["row"].gather(members.sort()).to_list(), made


def _summed(rows: pl.DataFrame, definitions: Definitions) -> Summed:
    return sum_up(rows.with_row_index("index").cast({"index": pl.Int64}), definitions, None)
