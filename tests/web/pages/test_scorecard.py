"""The scorecard as a table: rows, filters and orders, all of them links."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client

from fourfold.records.models import Organisation


def rows(page: str) -> list[str]:
    """The KPIs of the table in the order shown."""
    return [unescape(name) for name in re.findall(r'<a class="m" href="/kpi/[^"]+">([^<]+)', page)]


def row_of(page: str, name: str) -> str:
    found = re.search(rf"<tr[^>]*>(?:(?!<tr).)*>{name}</a>.*?</tr>", page, re.DOTALL)
    assert found, name
    return found[0]


def texts(row: str) -> list[str]:
    """The words of each cell."""
    return [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]


def get(client: Client, query: str = "", unit: str = "bakery") -> str:
    response = client.get(f"/s/{unit}/scorecard/{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_kpis_stand_under_their_perspectives(alice: Client) -> None:
    page = get(alice)
    assert rows(page) == ["Sales", "Margin", "Orders on time", "Costs", "Staff"]
    heads = re.findall(r'class="gname"[^>]*>([^<]+)', page)
    assert heads == ["Finance", "Customers", "In no objective"]
    assert "April 2026, 5 KPIs in 2 objectives" in page


def test_a_row_shows_figure_target_and_gap_with_real_signs(alice: Client) -> None:
    # Sales of both shops in April: 1200 + 600, target 2000.20, red line 1600: score 50 + 50 * 200 / 400.2 = 74.9
    cells = texts(row_of(get(alice), "Sales"))
    assert cells[3:6] == ["£1,800.00", "£2,000.20", "−200.20"]
    assert cells[-1] == "74.9"


def test_a_figure_that_is_missing_is_not_a_zero(alice: Client) -> None:
    # South Pier has no sales for March, so the sum of the two shops is of North Quay alone, or not there at all
    cells = texts(row_of(get(alice, "?p=2026-03", unit="south"), "Sales"))
    assert cells[3] == "not in, stale"  # expected on 1 April, 49 days ago: more than one period
    assert cells[5] == "–"


def test_a_neutral_kpi_is_shown_and_not_judged(alice: Client) -> None:
    row = row_of(get(alice), "Staff")
    assert 'aria-label="Not scored"' in row
    assert 'class="track"' not in row
    assert texts(row)[-1] == "–"


def test_filters_are_links_with_counts(alice: Client) -> None:
    page = get(alice)
    chips = re.findall(r'<a class="chip" href="([^"]+)"( aria-current="true")?>(?:<svg.*?</svg>)?([^<]+)', page)
    assert chips[0] == ("/s/bakery/scorecard/", ' aria-current="true"', "All 5")
    for href, _, name in chips[1:]:
        count = re.search(r"\d+$", name)
        if count:
            assert len(rows(get(alice, unescape(href).split("/scorecard/")[1]))) == int(count[0]), name


def test_a_filter_that_finds_nothing_says_so_and_leads_back(alice: Client) -> None:
    page = get(alice, "?st=due&p=2026-04")
    assert rows(page) == []
    assert "No KPI matches" in page
    assert '<a class="btn" href="/s/bakery/scorecard/">Show all KPIs</a>' in page


def test_mine_are_the_kpis_i_own(bob: Client) -> None:
    assert rows(get(bob, "?owner=me", unit="north")) == ["Sales"]


def test_an_order_makes_one_list_and_a_second_click_turns_it(alice: Client) -> None:
    page = get(alice, "?sort=name")
    assert rows(page) == ["Costs", "Margin", "Orders on time", "Sales", "Staff"]
    assert 'aria-sort="ascending"' in page
    assert 'href="/s/bakery/scorecard/?sort=-name"' in page
    page = get(alice, "?sort=-name")
    assert rows(page) == ["Staff", "Sales", "Orders on time", "Margin", "Costs"]
    assert '<a class="sort" href="/s/bakery/scorecard/">KPI</a>' in page


def test_rows_without_a_score_come_last_whichever_way(alice: Client) -> None:
    up, down = rows(get(alice, "?sort=score")), rows(get(alice, "?sort=-score"))
    assert up[-2:] == down[-2:] == ["Costs", "Staff"]
    assert up[:3] == list(reversed(down[:3]))


def test_filter_order_and_period_go_together(alice: Client) -> None:
    page = get(alice, "?p=2026-02&st=on&sort=name")
    assert "February 2026" in page
    links = [unescape(h) for h in re.findall(r'<a class="(?:chip|sort)" href="([^"]+)"', page)]
    assert all("p=2026-02" in link for link in links)


def test_what_is_not_understood_in_the_address_is_left_out(alice: Client) -> None:
    assert rows(get(alice, "?st=<script>&sort=nothing&p=soon&by=week")) == rows(get(alice))


def test_the_year_to_date_is_its_own_view_and_then_no_column(alice: Client) -> None:
    assert "Year to date</th>" in get(alice)
    page = get(alice, "?by=ytd")
    assert "Year to date</th>" not in page
    # The bakery's year begins in April: to date there is April alone.
    assert texts(row_of(page, "Sales"))[3] == "£1,800.00"


def test_a_quarter_adds_its_months(alice: Client) -> None:
    cells = texts(row_of(get(alice, "?by=quarter&p=2026-02", unit="north"), "Sales"))
    assert cells[3] == "£2,600.00"  # 900 + 1000 + 700


def test_names_from_outside_are_text(alice: Client, organisation: Organisation) -> None:
    kpi = organisation.kpi_set.get(code="staff")
    kpi.spec |= {"name": "<b>Staff</b> & 'co'"}
    kpi.save()
    organisation.definitions_version += 1
    organisation.save()
    page = get(alice)
    assert "&lt;b&gt;Staff&lt;/b&gt; &amp; &#39;co&#39;" in page
    assert "<b>Staff" not in page
