"""Cells for spreadsheets that are never taken for formulas, and back.

What begins like a formula gets an apostrophe before it, which spreadsheets take for "this is a text" (OWASP ASVS 5.0,
1.2.10). Our own reader takes it away again, so that what is exported and loaded is the same to the letter. Numbers are
not texts: −5 in a column of figures is written `-5`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

#: Blanks and apostrophes, then what a spreadsheet takes for the beginning of a formula, or is one of these itself.
_FORMULA: Final = r"^(?:[\s']*[=+\-@＝＋－＠]|'*[\t\r\n\x00])"
_UNSAFE: Final = re.compile(_FORMULA)


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could take it for a formula.

    >>> safe_cell("=1+1"), safe_cell(" -2"), safe_cell("sales/north/2026-05")
    ("'=1+1", "' -2", 'sales/north/2026-05')
    """
    return f"'{text}" if _UNSAFE.match(text) else text


def plain_cell(text: str) -> str:
    """What `safe_cell` was given.

    >>> plain_cell("'=1+1"), plain_cell("'90s")
    ('=1+1', "'90s")
    """
    return text[1:] if text.startswith("'") and _UNSAFE.match(text) else text


def safe_table(frame: pl.DataFrame, columns: Collection[str] | None = None) -> pl.DataFrame:
    """The table with these columns of texts made safe; all that hold texts without `columns`."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String and (columns is None or name in columns)]
    marked = [pl.when(pl.col(n).str.contains(_FORMULA)).then("'" + pl.col(n)).otherwise(pl.col(n)) for n in texts]
    return frame.with_columns(m.alias(n) for m, n in zip(marked, texts, strict=True))


def plain_table(frame: pl.DataFrame) -> pl.DataFrame:
    """What `safe_table` was given."""
    import polars as pl

    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    marks = [pl.col(n).str.starts_with("'") & pl.col(n).str.contains(_FORMULA) for n in texts]
    bare = [pl.when(m).then(pl.col(n).str.slice(1)).otherwise(pl.col(n)) for m, n in zip(marks, texts, strict=True)]
    return frame.with_columns(b.alias(n) for b, n in zip(bare, texts, strict=True))
