from __future__ import annotations

import pytest

from fourfold.records.safe_cell import safe_cell

FORMULAS = ["=1+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "\0=1", "=cmd|'/C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_a_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "sales", "4.2", "a=b", "'", "−5"])
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
