"""What became of the rows of an import: the outcome of each, runs of the same, and the report of those rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from fourfold.connectors.files.safe_cell import safe_table
from fourfold.engine.measurements import Reason
from fourfold.records.frames.measurement import TEXTS
from fourfold.records.models import Import


class RowOutcome(NamedTuple):
    """What became of one row: `loaded`, `unchanged`, or `rejected` with its reasons."""

    row: int
    outcome: str
    reasons: tuple[Reason, ...] = ()


class Run(NamedTuple):
    """Rows one after another, from the number `first` to `last`, of which the same became."""

    first: int
    last: int
    outcome: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do where it is not `done`; `read` is `loaded`, `unchanged` and `rejected` together.

    `numbers` are those that people know the rows by; `at_loaded` has the places of the rows that brought something
    new, `reasons` those of the rejected ones, which stand in `refused` in their order, as they came. `unchanged` says
    what is known already, or nothing. `run` is the record of it, None where there was nothing to keep. By its `noun` a
    row is a figure, or an event that is part of one.
    """

    numbers: pl.Series
    at_loaded: pl.Series
    reasons: Mapping[int, tuple[Reason, ...]]
    refused: pl.DataFrame
    done: bool = False
    run: Import | None = None
    noun: str = "figure"

    @property
    def read(self) -> int:
        """How many rows there were."""
        return len(self.numbers)

    @property
    def loaded(self) -> int:
        """How many brought something new."""
        return len(self.at_loaded)

    @property
    def rejected(self) -> int:
        """How many cannot be loaded."""
        return len(self.reasons)

    @property
    def unchanged(self) -> int:
        """How many bring nothing new."""
        return self.read - self.loaded - self.rejected

    def each(self) -> Iterator[RowOutcome]:
        """Every row in its order."""
        is_new = pl.int_range(self.read, eager=True).is_in(self.at_loaded.implode())
        for at, (row, new) in enumerate(zip(self.numbers, is_new, strict=True)):
            why = self.reasons.get(at, ())
            yield RowOutcome(row, "rejected" if why else "loaded" if new else "unchanged", why)

    def worst(self, most: int) -> list[RowOutcome]:
        """The first of the rejected rows."""
        return [RowOutcome(self.numbers[at], "rejected", self.reasons[at]) for at in sorted(self.reasons)[:most]]

    def runs(self, most: int) -> list[Run]:
        """Rows one after another of which the same became, together; of those with reasons the first `most`."""
        kinds: dict[tuple[Reason, ...], int] = {}
        numbers = {at: kinds.setdefault(tuple(r._replace(at=0) for r in why), len(kinds))
                   for at, why in self.reasons.items()}  # fmt: skip
        places = pl.Series("at", list(numbers), pl.Int64)
        why = pl.DataFrame([places, pl.Series("why", list(numbers.values()), pl.Int64)])
        new = pl.col("at").is_in(self.at_loaded.implode()).alias("new")
        rows = pl.DataFrame([self.numbers.alias("row")]).with_row_index("at").cast({"at": pl.Int64}).with_columns(new)
        rows = rows.join(why, on="at", how="left", maintain_order="left")
        kind = pl.struct(pl.col("why"), pl.col("new") & pl.col("why").is_null())
        runs = rows.group_by(kind.rle_id().alias("id"), maintain_order=True).agg(
            pl.col("row").first().alias("first"), pl.col("row").last().alias("last"), pl.col("new", "why").first()
        )  # fmt: skip
        shown = runs.filter(pl.col("why").is_null() | (pl.col("why").is_not_null().cum_sum() <= most))
        reasons = list(kinds)
        return [
            Run(first, last, "loaded" if new else "unchanged") if why is None
            else Run(first, last, "rejected", reasons[why])
            for first, last, new, why in shown.select("first", "last", "new", "why").iter_rows()
        ]  # fmt: skip

    def report(self) -> str:
        """The rejected rows as CSV, each with its reasons: to be mended, and imported again as it is."""
        order = sorted(self.reasons)
        said = (" ".join(f"{r.message} {r.fix}".strip() for r in self.reasons[at]) for at in order)
        table = self.refused.with_columns(pl.Series("reason", list(said), pl.String))
        return safe_table(table, (*TEXTS, "reason")).write_csv()
