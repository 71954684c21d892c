"""The long table of results with words where it has codes, and back again."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fourfold.engine.cells import Mark, Reason, State
from fourfold.engine.statuses import Status

if TYPE_CHECKING:
    import polars as pl


def in_words(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with words in its columns `state, status, reason, marks`, those of them that it has.

    A reason is null where there is none, marks are joined by a plus and empty where there are none.
    """
    import polars as pl

    said = {name: pl.Series(name, words, pl.String) for name, words in _words().items() if name in frame.columns}
    return frame.with_columns(**{name: words.gather(frame[name]) for name, words in said.items()})


def in_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """The table with the codes of the words in its columns `state, status, reason, marks`, as UInt8.

    >>> import polars as pl
    >>> in_codes(pl.DataFrame({"status": ["on", "off"], "marks": ["", "estimate+carried"]})).rows()
    [(2, 0), (0, 12)]
    """
    import polars as pl

    codes = {name: {w: i for i, w in enumerate(words)} for name, words in _words().items() if name in frame.columns}
    return frame.with_columns(
        pl.col(name).replace_strict(list(table), list(table.values()), return_dtype=pl.UInt8)
        for name, table in codes.items()
    )


@cache
def _words() -> dict[str, list[str | None]]:
    """The words of each column in the order of its codes."""
    return {
        "state": [state.name.lower() for state in State],
        "status": [status.name.lower() for status in Status],
        "reason": [None, *(reason.name.lower() for reason in Reason if reason)],
        "marks": ["+".join(m.name.lower() for m in Mark if m.name and m & i) for i in range(2 * max(Mark))],
    }
