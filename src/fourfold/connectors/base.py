"""What a connector is: a function that brings tables of rows from outside, and says what it could not bring.

A connector never raises on bad input and never judges figures: it gives each table as it found it, with the name that
findings call it by, and `engine.measurements` checks the rows. It does not know who asks, nor where the rows will be
kept. All a connector opens it closes before it returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourfold.engine.findings import Finding

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they came, columns of `engine.measurements.COLUMNS`; `file` is what findings about them say first."""

    file: str
    frame: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Brought:
    """What one run of a connector brought. Where a finding is an error, a table is absent, never half there."""

    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()
