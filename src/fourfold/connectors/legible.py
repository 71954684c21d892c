"""Rows whose texts can be kept: the sign NUL, which PostgreSQL refuses in any text, makes a row wrong."""

from __future__ import annotations

from typing import Final

import polars as pl

from fourfold.connectors.port import shown

#: A column that says of a row why it cannot be taken, where whoever read it knows already.
WRONG: Final = "wrong"


def legible(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the picture of NUL, ␀, for the sign itself; each row that had one is `wrong` and says where.

    >>> legible(pl.DataFrame({"kpi": ["a", "b\\0"]}))["wrong"].to_list()
    [None, 'The field kpi holds the sign NUL, which cannot be kept.']
    """
    texts = [name for name, form in rows.schema.items() if form == pl.String and name != WRONG]
    holds = rows.select(pl.col(name).str.contains("\0", literal=True).fill_null(False) for name in texts)
    bad = [name for name in texts if holds[name].any()]
    if not bad:
        return rows
    said = pl.coalesce(
        *([pl.col(WRONG)] if WRONG in rows.columns else []),
        *(pl.when(holds[name]).then(pl.lit(f"The field {name} holds the sign NUL, which cannot be kept."))
          for name in bad),
    )  # fmt: skip
    picture = (pl.col(name).str.replace_all("\0", shown("\0"), literal=True) for name in bad)
    return rows.with_columns(*picture, said.alias(WRONG))
