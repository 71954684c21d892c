from __future__ import annotations

import pytest

from fourfold.library import browse, search


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("DSO", "Days sales outstanding"),
        ("staff turnover", "Voluntary turnover rate"),
        ("churm rate", "Customer churn rate"),
        ("readmision", "Unplanned readmission rate"),
        ("carbon footprint", "Greenhouse gas emissions"),
        ("SAIDI", "Network outage minutes per customer"),
        ("K141", "Employee engagement index"),
        ("late payers", "Overdue receivables share"),
    ],
)
def test_names_abbreviations_and_slips_find_their_kpi_first(words: str, first: str) -> None:
    assert search(words)[0].name == first


@pytest.mark.parametrize("words", ["zzz", "%", "<script>", "éà"])
def test_what_means_nothing_finds_nothing(words: str) -> None:
    assert search(words) == ()


def test_no_words_is_browsing() -> None:
    assert search("  ", function="HR") == browse(function="HR")


def test_words_and_filters_both_hold() -> None:
    found = search("waiting", industry="health", perspective="customer")
    assert found and all(k.perspective == "customer" and k.industry in ("health", "all") for k in found)
