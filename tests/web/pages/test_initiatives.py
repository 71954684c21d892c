"""Initiatives on one time axis."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.reading import links_of, open_page, words_of


def test_an_initiative_stands_under_its_objective_with_its_bar_in_words(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/initiatives/")
    words = words_of(page)
    assert words.index("Earn our keep") < words.index("A second oven")
    assert "1 Jan 2026 to 30 Jun 2026, 0% done, on plan" in page


def test_an_objective_in_trouble_without_an_initiative_is_named_with_its_reason(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/initiatives/")
    after = page[page.index("Objectives without an initiative") :]
    assert "Delight customers" in links_of(after)
    assert "Orders on time is off target" in words_of(after)


@pytest.mark.parametrize("group", ["owner", "status", "objective", "nonsense"])
def test_every_grouping_shows_every_initiative_once(alice: Client, group: str) -> None:
    page = open_page(alice, f"/s/bakery/initiatives/?group={group}")
    assert page.count('id="oven"') == 1


def test_without_initiatives_the_page_says_what_to_do(charlie: Client) -> None:
    assert "No initiatives yet" in words_of(open_page(charlie, "/s/mill/initiatives/"))
