"""Pages of an organisation with sixty units below its root: they show the units that matter and stay small."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from fourfold.records.models import Kpi, Objective
from fourfold.records.queries.kept import forget
from fourfold.testing.bakery import bakery
from tests.web.conftest import load, signed_in
from tests.web.reading import links_of, open_page, words_of

SHOPS = 60
#: Shop 7 sold nothing the target would hear of, shop 8 a little more, and so on; every tenth gave no figure in April.
SALES = {number: 500 + 10 * ((number - 7) % SHOPS) for number in range(SHOPS)}
LATE = {number for number in range(SHOPS) if number % 10 == 0}


@pytest.fixture(scope="module")
def chain(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    shops = [{"code": f"s{n:02}", "name": f"Shop {n}", "parent": "bakery"} for n in range(SHOPS)]
    alice = {"code": "alice", "name": "Alice Archer", "email": "alice@bakery.example", "role": "admin"}
    people = [alice, {"code": "bob", "name": "Bob Baker"}]
    head = {"code": "bakery", "name": "Harbour Bakery", "kind": "corporate"}
    lines = {"sales": (60_000, 45_000), "margin": (20, 10), "on_time": (95, 85)}
    targets = [{"kpi": k, "since": "M:2026-01", "value": goal, "red_line": red} for k, (goal, red) in lines.items()]
    own = {"kpi": "sales", "since": "M:2026-01", "value": 1000, "red_line": 450}
    targets += [own | {"unit": shop["code"]} for shop in shops]
    definitions = bakery(units=[head, *shops], people=people, targets=targets, notes=[])
    rows = [f"sales,s{n:02},2026-{m:02},{v},," for n, v in SALES.items() for m in (1, 2, 3)]
    rows += [f"sales,s{n:02},2026-04,{v},," for n, v in SALES.items() if n not in LATE]
    figures = "kpi,unit,period,value,numerator,denominator\n" + "\n".join(rows) + "\n"
    with django_db_blocker.unblock(), transaction.atomic():
        load(tmp_path_factory.mktemp("chain") / "bakery", definitions, figures)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def alice(chain: None, db: None) -> Client:
    return signed_in("alice")


def kpi_page() -> str:
    return f"/kpi/{Kpi.objects.get(code='sales').pk}-sales/?p=2026-04"


def by_unit(page: str) -> str:
    return page[page.index("<h2>By unit</h2>") : page.index('<section class="sec mt" id="figures">')]


def test_the_page_of_a_kpi_shows_the_lowest_and_the_highest_scores_and_says_of_how_many(alice: Client) -> None:
    part = by_unit(open_page(alice, kpi_page()))
    ranked = sorted((value, n) for n, value in SALES.items() if n not in LATE)
    expected = [f"Shop {n}" for _, n in (*ranked[:8], *ranked[-4:])]
    assert [name for name in links_of(part) if name.startswith("Shop")] == expected
    assert "the 8 lowest and the 4 highest scores of 60 units; 6 are overdue" in words_of(part)
    assert links_of(part)["All 60 units"].startswith("/s/bakery/alignment/")


def test_twelve_units_are_drawn_and_no_more(alice: Client) -> None:
    part = by_unit(open_page(alice, kpi_page()))
    assert len(re.findall(r'<svg class="mini"', part)) == 12


def test_a_month_without_any_figure_still_names_units(alice: Client) -> None:
    part = by_unit(open_page(alice, kpi_page().replace("2026-04", "2026-05")))
    assert len([name for name in links_of(part) if name.startswith("Shop")]) == 12
    assert "of 60 units" in words_of(part)


def test_the_rail_names_some_units_and_leads_to_all(alice: Client) -> None:
    page = alice.get("/s/bakery/").content.decode()
    rail = page[page.index('<header class="rail">') : page.index("</header>")]
    assert len([name for name in links_of(rail) if name.startswith("Shop")]) <= 12
    assert links_of(rail)["All 61 units"] == "/s/bakery/alignment/"


def test_alignment_turns_pages_and_finds_a_unit_by_its_name(alice: Client) -> None:
    first = links_of(open_page(alice, "/s/bakery/alignment/"))
    assert "Shop 11" in first and "Shop 12" not in first
    second = links_of(open_page(alice, first["Units after"]))
    assert "Shop 12" in second and "Shop 11" not in second
    found = links_of(open_page(alice, "/s/bakery/alignment/?q=shop+47"))
    assert "Shop 47" in found and "Shop 46" not in found


def test_every_page_stays_within_15_kb_and_asks_no_more_for_more_units(alice: Client) -> None:
    objective = Objective.objects.get(code="earn").pk
    pages = [kpi_page(), f"/objective/{objective}-x/", "/s/bakery/", "/s/bakery/scorecard/", "/s/bakery/map/"]
    pages += ["/s/bakery/alignment/", "/s/bakery/alignment/?of=objective", "/s/s07/", "/s/s07/alignment/"]
    for address in pages:
        alice.get(address)  # definitions are read once for each version of them, whatever the page
        forget()
        with CaptureQueriesContext(connection) as queries:
            page = alice.get(address).content
        assert len(gzip.compress(page, 6)) <= 15_000, address
        assert len(queries) <= 21, address  # of a KPI, the most: one is whether the reader watches it
