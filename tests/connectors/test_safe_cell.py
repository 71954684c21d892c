from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.connectors.files.safe_cell import plain_cell, plain_table, safe_cell, safe_table

FORMULAS = ["=1+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "\0=1", "=cmd|'/C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_a_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "sales", "4.2", "a=b", "'", "−5"])
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


texts = st.text(st.sampled_from(" '=+-@\t\r\n\0＝a1−"), max_size=6)


@given(texts)
def test_c07_what_is_made_safe_comes_back_to_the_letter_and_begins_like_no_formula(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
    assert safe_cell(text).lstrip()[:1] not in tuple("=+-@＝＋－＠") or not text.strip()


@given(st.lists(texts, min_size=1, max_size=20))
def test_c07_a_whole_column_is_made_safe_like_its_cells(column: list[str]) -> None:
    frame = pl.DataFrame({"text": column, "number": [-1.5] * len(column)})
    safe = safe_table(frame)
    assert safe["text"].to_list() == [safe_cell(text) for text in column]
    assert safe["number"].to_list() == frame["number"].to_list()
    assert plain_table(safe).equals(frame)
    assert safe_table(frame, ["number"]).equals(frame)
