"""An organisation as the library takes it, for the questions a page asks beside its scores."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import polars as pl

from fourfold.engine.definitions.complete import complete
from fourfold.engine.scenarios import replaced
from fourfold.records.frames.former_definition import definitions_then
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.models import Organisation
from fourfold.records.ready import Ready
from fourfold.scorecard import Scorecard


def scorecard_now(organisation: Organisation, ready: Ready) -> Scorecard:
    """Its definitions and its figures as known now."""
    return Scorecard(ready.definitions, read_measurements(organisation, ready))


def scorecard_then(organisation: Organisation, ready: Ready, moment: datetime) -> Scorecard | None:
    """Its definitions as they were at a moment and its figures as known then; None where there were none."""
    then = definitions_then(organisation, moment)
    if then is None:
        return None
    definitions = complete(then)
    rows = read_measurements(organisation, ready, as_of=moment)
    known = pl.col("kpi").is_in(list(definitions.kpi)) & pl.col("unit").is_in(list(definitions.unit))
    return Scorecard(definitions, rows.filter(known))


def rows_in(card: Scorecard, units: Collection[str]) -> pl.DataFrame:
    """The figures of these units, by code."""
    return card.rows.filter(pl.col("unit").is_in(list(units)))


def figures_together(rows: pl.DataFrame, card: Scorecard) -> pl.DataFrame:
    """The figures that are here, as far as a folder still defines their KPI and unit, and over them its own."""
    kept = rows.filter(
        pl.col("kpi").is_in([k.code for k in card.definitions.kpis if not k.is_computed]),
        pl.col("unit").is_in(list(card.definitions.unit)),
    )
    return replaced(kept, card.rows, card.definitions) if len(card.rows) else kept
