"""Numbers as people write them: every locale's own writing of a number comes back as that number, or is asked about."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.engine.measurements.typed import looks_grouped, read_block, read_typed

#: Separators of thousands and decimals: Britain, Germany, France, Sweden, Switzerland, and none.
LOCALES = ((",", "."), (".", ","), ("\u202f", ","), ("\u00a0", ","), ("’", "."), ("", ","))
numbers = st.decimals(-10_000_000, 10_000_000, places=3, allow_nan=False, allow_infinity=False)


def written(number: Decimal, locale: tuple[str, str]) -> str:
    text = f"{number:,f}".rstrip("0").rstrip(".")
    return text.translate({ord(","): locale[0], ord("."): locale[1]})


@given(number=numbers, locale=st.sampled_from(LOCALES))
@settings(max_examples=150)
def test_a_number_in_any_locale_is_read_as_itself_or_asked_about(number: Decimal, locale: tuple[str, str]) -> None:
    text = written(number, locale)
    typed = read_typed(text)
    assert number in [Decimal(meaning) for meaning in typed.meanings], text
    if typed.number is not None and not looks_grouped(text):
        assert Decimal(typed.number) == number, text


@given(column=st.lists(numbers, min_size=1, max_size=6), locale=st.sampled_from(LOCALES))
@settings(max_examples=100)
def test_a_column_of_one_locale_is_never_read_as_another_number(column: list[Decimal], locale: tuple[str, str]) -> None:
    texts = [written(number, locale) for number in column]
    for number, typed in zip(column, read_block(texts), strict=True):
        assert typed.number is None or Decimal(typed.number) == number, (texts, typed)


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("1.284", ("1.284", "1284")),
        ("1,284", ("1284", "1.284")),
        ("0.284", ("0.284",)),
        ("9 833", ("9833",)),
        ("12,5", ("12.5",)),
        ("1.234,5", ("1234.5",)),
        ("1’234.50", ("1234.50",)),
        ("(12.5)", ("-12.5",)),
        ("−4", ("-4",)),
        ("85.2 %", ("85.2",)),
        ("2O", ()),
        ("12,34,5", ()),
        ("1.2.3", ()),
        ("n/a", ()),
        ("", ()),
    ],
)
def test_what_a_text_may_mean(text: str, meanings: tuple[str, ...]) -> None:
    assert read_typed(text, "%").meanings == meanings


def test_columns_that_contradict_themselves_are_asked_about() -> None:
    assert [typed.number for typed in read_block(["1,284", "2.50", "3,5"])] == [None, "2.50", "3.5"]
