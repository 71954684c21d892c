"""Texts are told apart by hashes, few in a table and many by search: the answers are those of a dictionary."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from benchmarks.sample import sample
from polars.testing import assert_frame_equal

from fourfold.engine.evaluate import evaluate
from fourfold.engine.periods import PeriodError
from fourfold.engine.rows import locate
from fourfold.engine.text_places import FEW, Dictionary

COMPANY = sample(10, 5, 6)


def hashes(texts: list[str]) -> np.ndarray:
    return pl.Series(texts).hash().to_numpy()


@pytest.mark.parametrize("count", [1, 60, FEW, 5 * FEW])
def test_texts_are_found_where_they_are(count: int) -> None:
    texts = [f"site-{i}" for i in range(count)]
    asked = np.random.default_rng(1).integers(0, count, 500).tolist()
    found = Dictionary.of(texts).places(hashes([texts[i] for i in asked]))
    assert found is not None
    assert found.tolist() == asked


@pytest.mark.parametrize("count", [0, 60, 5 * FEW])
def test_an_unknown_text_is_found_nowhere(count: int) -> None:
    known = Dictionary.of([f"site-{i}" for i in range(count)])
    assert known.places(hashes(["site-1", "elsewhere"])) is None


def test_spellings_that_come_later_are_read_too() -> None:
    definitions = COMPANY.definitions.model_copy()
    by_id = locate(COMPANY.rows, definitions)
    short = COMPANY.rows.with_columns(pl.col("period").str.slice(2))
    both = pl.concat([COMPANY.rows, short])
    assert locate(short, definitions).ordinal.tolist() == by_id.ordinal.tolist()
    assert locate(both, definitions).ordinal.tolist() == [*by_id.ordinal, *by_id.ordinal]


def test_categories_are_texts_too() -> None:
    rows = COMPANY.rows.with_columns(pl.col("kpi", "unit", "period").cast(pl.Categorical))
    found, whole = (evaluate(COMPANY.definitions, r, as_of=COMPANY.as_of).frame() for r in (rows, COMPANY.rows))
    assert_frame_equal(found, whole, check_exact=True)


def test_a_text_that_is_no_period_is_named_each_time() -> None:
    wrong = COMPANY.rows.with_columns(period=pl.lit("soon"))
    for _ in range(2):
        with pytest.raises(PeriodError, match="'soon' is not a month"):
            locate(wrong, COMPANY.definitions)


def test_rows_of_unknown_kpis_and_units_are_left_out() -> None:
    kpis, units = ["kpi0001", "stranger", None, "kpi0001"], ["nowhere", "site0000", "site0000", None]
    strange = COMPANY.rows.head(4).with_columns(kpi=pl.Series(kpis), unit=pl.Series(units))
    known = locate(COMPANY.rows, COMPANY.definitions)
    assert locate(pl.concat([strange, COMPANY.rows]), COMPANY.definitions).ordinal.tolist() == known.ordinal.tolist()
    assert locate(strange, COMPANY.definitions).ordinal.tolist() == []
