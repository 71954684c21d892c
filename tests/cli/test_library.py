"""`fourfold library`: search, show and suggest, without a database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.cli.running import Ran

Command = Callable[..., Ran]


def test_search_lists_what_it_finds(fourfold: Command) -> None:
    ran = fourfold("library", "search", "churn")
    assert ran.code == 0 and ran.out.startswith("1 KPI of the library") and "K035  Customer churn rate" in ran.out


def test_search_without_words_lists_all_as_data(fourfold: Command) -> None:
    found = json.loads(fourfold("library", "search", "--format", "json").out)
    assert len(found) == 226 and len({tuple(row) for row in found}) == 1
    assert next(row for row in found if row["id"] == "K012")["formula"] == (
        "receivables * days_in_period / credit_sales"
    )


def test_filters_take_any_capitals_and_name_what_there_is(fourfold: Command) -> None:
    assert "Hospital" in fourfold("library", "search", "--industry", "Health", "--function", "clinical").out
    ran = fourfold("library", "search", "--industry", "space travel")
    assert ran.code == 2 and "It has agriculture, banking" in ran.err


def test_show_tells_everything_of_one_kpi(fourfold: Command) -> None:
    ran = fourfold("library", "show", "dso")
    assert ran.code == 0
    for part in ("K012  Days sales outstanding", "Formula", "Pitfalls", "How it is gamed", "Guard", "lower is better"):
        assert part in ran.out


def test_show_of_nothing_there_ends_with_4_and_what_may_be_meant(fourfold: Command) -> None:
    ran = fourfold("library", "show", "Net promotor score")
    assert ran.code == 4 and "Did you mean “Net promoter score”?" in ran.err


def test_suggest_gives_reasons_and_a_guard(fourfold: Command) -> None:
    ran = fourfold("library", "suggest", "Get paid sooner", "--perspective", "Financial")
    first = ran.out.splitlines()[2]
    assert ran.code == 0 and first.startswith("K012") and "“get paid sooner”" in first
    assert "it belongs to the financial perspective" in first and "Customer satisfaction score" in first


def test_suggest_says_when_nothing_fits(fourfold: Command) -> None:
    ran = fourfold("library", "suggest", "Paint the fence blue")
    assert ran.code == 0 and "No good match in the library" in ran.out
    assert json.loads(fourfold("library", "suggest", "Paint the fence blue", "--format", "json").out) == []


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_suggestions_go_into_files(fourfold: Command, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"found.{form}"
    fourfold("library", "suggest", "Keep our people", "--count", 3, "--format", form, "--out", out)
    read = pl.read_csv(out) if form == "csv" else pl.read_parquet(out)
    assert read.height == 3 and read.columns == ["id", "name", "role", "relevance", "reasons", "guard"]
