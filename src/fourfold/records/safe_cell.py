"""Cells for spreadsheets that are never taken for formulas."""

from __future__ import annotations

from typing import Final

#: What a spreadsheet takes for the beginning of a formula (OWASP ASVS 5.0, 1.2.10), blanks before it or not.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could take it for a formula.

    >>> safe_cell("=1+1"), safe_cell(" -2"), safe_cell("sales/north/2026-05")
    ("'=1+1", "' -2", 'sales/north/2026-05')
    """
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
