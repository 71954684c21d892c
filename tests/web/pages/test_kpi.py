"""The page of a KPI."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from django.test import Client

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions import Initiative, Target
from fourfold.records.models import Kpi, Organisation, Person
from tests.web.conftest import ADDRESSES, MOMENT
from tests.web.reading import links_of, open_page, words_of


def get(client: Client, code: str, query: str = "") -> str:
    response = client.get(f"/kpi/{Kpi.objects.get(code=code).pk}-x/{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def words(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_the_figure_stands_with_target_gap_change_and_year_to_date(alice: Client) -> None:
    # April 1200 + 600, March 700 of North Quay alone; the year of the bakery begins in April
    page = get(alice, "sales")
    trio = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd></div>", page))
    assert '<span class="v">£1,800.00</span>' in page
    assert trio == {"Target": "£2,000.20", "Gap": "−£200.20", "Since Mar": "+£1,100.00", "Year to date": "£1,800.00"}


def test_the_explanation_repeats_the_arithmetic(alice: Client) -> None:
    # 97 of 100 orders; target 95, red line 85: 50 + 50 * (97 - 85) / (95 - 85) = 110
    said = words(get(alice, "on_time", "?u=north"))
    assert "The figure is 97 ÷ 100 × 100 = 97.0%." in said
    assert "The score is 50 + 50 × (97 − 85) ÷ (95 − 85) = 110.0, held between 0 and 125." in said
    assert "So it is on target." in said


def test_a_missing_figure_says_so_and_shows_no_number(alice: Client) -> None:
    page = get(alice, "sales", "?u=south&p=2026-03")
    assert '<span class="v">–</span>' in page
    assert "There is no number: missing." in page
    assert "Overdue" in page


def test_the_trend_steps_with_its_targets_and_reads_out_each_point(alice: Client) -> None:
    page = get(alice, "on_time", "?u=north")
    assert "Apr 2026: 97.0%, target 95.0%, on target" in page
    assert page.count('<svg class="trend"') == 2
    assert page.count("<title") >= 2


def test_the_trend_does_not_begin_before_the_first_figures_of_a_year(alice: Client) -> None:
    # four months of figures: a year and a month are shown, and no empty years before it
    for query in ("u=north", "u=north&range=all"):
        assert "Sales, Apr 2025 to Apr 2026</title>" in get(alice, "sales", f"?{query}")
    assert "Sales, Q4 2022/23 to Q4 2025/26</title>" in get(alice, "sales", "?u=north&by=quarter&p=2026-03")


def test_units_below_are_compared_on_one_scale(alice: Client) -> None:
    page = get(alice, "sales")
    section = page[page.index("By unit") : page.index('id="figures"')]
    assert re.findall(r">(North Quay|South Pier)</a><b>([^<]+)", section) == [
        ("North Quay", "£1,200.00"), ("South Pier", "£600.00"),
    ]  # fmt: skip
    assert "By unit" not in get(alice, "sales", "?u=north")


def test_a_unit_bob_may_not_see_is_not_compared_or_named(bob: Client) -> None:
    page = get(bob, "sales")
    assert "South Pier" not in page and "£600" not in page
    assert bob.get(f"/kpi/{Kpi.objects.get(code='sales').pk}-x/?u=south").status_code == 404


def test_the_annotation_of_a_period_is_numbered_in_the_trend(alice: Client, organisation: Organisation) -> None:
    note = organisation.note_set.get()
    note.kind, note.spec = "annotation", note.spec | {"kind": "annotation", "title": "Road works"}
    note.save()
    page = get(alice, "sales", "?u=north")
    assert "Mar 2026, Road works" in page and "The road was closed." in page
    assert 'class="note-n"' in page


def test_what_the_owner_says_belongs_to_its_period(alice: Client) -> None:
    assert "The road was closed." in get(alice, "sales", "?u=north&p=2026-03")
    assert "The road was closed." not in get(alice, "sales", "?u=north&p=2026-04")


def test_the_length_of_the_trend_is_a_link(alice: Client) -> None:
    page = get(alice, "sales", "?u=north&range=13")
    links = re.findall(r'<a href="([^"]+)"( aria-current="true")?>(13 months|31 months|All)<', page)
    assert [(unescape(url).split("?")[1], bool(on)) for url, on, _ in links] == [
        ("u=north&range=13", True), ("u=north", False), ("u=north&range=all", False),
    ]  # fmt: skip


def test_the_definition_says_what_good_is(alice: Client) -> None:
    said = words(get(alice, "costs"))
    assert "Good is lower" in said
    assert "Formula (sales - costs) ÷ sales" in words(get(alice, "margin"))


def test_the_last_13_periods_are_a_table(alice: Client) -> None:
    page = get(alice, "sales", "?u=north")
    row = re.search(r'<th scope="row">Actual GBP</th>(.*?)</tr>', page)
    assert row
    cells = re.findall(r"<td[^>]*>([^<]*)", row[1])
    assert cells[-4:] == ["900.00", "1,000.00", "700.00", "1,200.00"]
    assert len(cells) == 13


def test_a_kpi_that_does_not_exist_is_not_found(alice: Client) -> None:
    assert alice.get("/kpi/999999-x/").status_code == 404


def test_a_ratio_in_per_cent_is_explained_with_its_factor_though_nobody_wrote_it(
    alice: Client, organisation: Organisation
) -> None:
    kpi = organisation.kpi_set.get(code="on_time")
    del kpi.spec["factor"]
    kpi.save()
    organisation.definitions_version += 1
    organisation.save()
    assert "The figure is 97 ÷ 100 × 100 = 97.0%." in words(get(alice, "on_time", "?u=north"))


def test_where_both_shops_improve_and_the_whole_falls_the_page_says_why(alice: Client) -> None:
    """The worked example of the methodology: both get better, the total falls from 80 to 77.1 %."""
    parts = {("north", 3): (90, 100), ("south", 3): (30, 50), ("north", 4): (96, 105), ("south", 4): (66, 105)}
    for (unit, month), (top, bottom) in parts.items():
        record_measurement(
            by=None, organisation="bakery", kpi="on_time", unit=unit, period=f"2026-{month:02}",
            numerator=str(top), denominator=str(bottom), at=MOMENT,
        )  # fmt: skip
    pk = Kpi.objects.get(organisation__code="bakery", code="on_time").pk
    read = words_of(open_page(alice, f"/kpi/{pk}-x/")).replace("\xa0", " ")
    assert "The units moved one way and the whole another: +2.0 pts inside them, −4.9 pts because their shares" in read
    assert "moved one way" not in words_of(open_page(alice, f"/kpi/{pk}-x/?u=north"))


def initiatives(page: str) -> str:
    found = re.search(r'<section class="sec" id="initiatives">(.*?)</section>', page, re.DOTALL)
    return found[1] if found else ""


def test_initiatives_of_its_objective_are_shown_with_their_state_and_lead_to_a_new_one(
    alice: Client, bob: Client
) -> None:
    section = initiatives(get(alice, "sales"))
    assert "A second oven on plan for Earn our keep" in words_of(section)
    begun = alice.get(unescape(links_of(section)["Add"])).content.decode()
    for field in ('name="kpis" value="sales" checked', 'name="objectives" value="earn" checked'):
        assert field in begun
    assert "Add" not in links_of(initiatives(get(bob, "sales", "?u=north"))), "Bob may not build"


def test_an_initiative_that_names_the_kpi_comes_first_and_for_itself(alice: Client) -> None:
    owner = Person.objects.get(email=ADDRESSES["alice"])
    own = Initiative(code="vans", name="Two vans", objectives=["delight"], kpis=["sales"], start="2026-01-01",
                     end="2026-12-31", state="active")  # fmt: skip
    assert amend_definitions(
        by=owner, organisation="bakery", amendments=(Amendment("initiatives", None, own),), at=MOMENT
    ).ok
    said = words_of(initiatives(get(alice, "sales")))
    assert "Two vans on plan" in said and "Two vans on plan for" not in said
    assert said.index("Two vans") < said.index("A second oven on plan for Earn our keep")


def benchmark(since: str, value: int, dated: str, unit: str | None = None) -> Amendment:
    given = {"kpi": "on_time", "kind": "benchmark", "since": since, "value": value, "source": "Peer median"}
    return Amendment("targets", None, Target.model_validate(given | {"source_date": dated, "unit": unit}))


def test_a_benchmark_stands_with_its_source_and_date_and_one_to_come_says_so(alice: Client) -> None:
    assert "Benchmark" not in words_of(get(alice, "on_time", "?u=north"))
    made = (benchmark("2026-02", 96, "2025"), benchmark("2026-07", 98, "2026-05-12"),
            benchmark("2026-01", 9, "2025", "south"))  # fmt: skip
    assert amend_definitions(by=None, organisation="bakery", amendments=made, at=MOMENT).ok
    said = words_of(get(alice, "on_time", "?u=north"))
    assert "Benchmark 96.0% (Peer median, 2025); from Jul 2026: 98.0% (Peer median, 12 May 2026)" in said
    assert "Benchmark 9.0% (Peer median, 2025) " in words_of(get(alice, "on_time", "?u=south"))


def test_as_of_a_day_before_it_was_known_there_is_no_benchmark(alice: Client) -> None:
    made, later = [benchmark("2026-02", 96, "2025")], MOMENT + timedelta(days=20)
    assert amend_definitions(by=None, organisation="bakery", amendments=made, at=later).ok
    assert "Benchmark 96.0% (Peer median, 2025)" in words_of(get(alice, "on_time", "?u=north"))
    assert "Benchmark" not in words_of(get(alice, "on_time", "?u=north&as_of=2026-05-20"))


def test_where_nothing_is_under_way_the_page_says_so_to_those_who_may_build(alice: Client, bob: Client) -> None:
    assert "Nothing is under way" in words_of(initiatives(get(alice, "on_time", "?u=north")))
    assert initiatives(get(bob, "on_time", "?u=north")) == ""
