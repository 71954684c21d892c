"""Sheets of the library as tables of a page: the same rows as in the terminal, with a link where a row has a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fourfold.scorecard.sheet import Sheet


def sheet_of(sheet: Sheet, urls: Sequence[str] = (), whys: Sequence[str] = ()) -> dict[str, Any]:
    """What `parts/sheet.html` shows; `urls` lead from the first cells, `whys` to how each row came about."""
    numbers = [head in sheet.numbers for head in sheet.heads]
    more = ["" for _ in sheet.rows]
    rows = zip(sheet.rows, [*urls, *more], [*whys, *more], strict=False)
    return {
        "caption": sheet.title,
        "heads": list(zip(sheet.heads, numbers, strict=True)),
        "rows": [
            {"url": url, "why": why, "name": row[0], "cells": list(zip(row[1:], numbers[1:], strict=True))}
            for row, url, why in rows
        ],
        "has_why": any(whys),
    }
