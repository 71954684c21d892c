"""The grid in which figures are entered together."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.cells import State
from fourfold.records.models import Kpi, Measurement, Organisation, Person
from tests.web.reading import words_of

PAGE = "/s/north/updates/?p=2026-05"
CHECKS = "/s/north/updates/checks/?p=2026-05"


def key(code: str, period: str = "M:2026-05") -> str:
    return f"{Kpi.objects.get(organisation__code='bakery', code=code).pk}:{period}"


def sent(**rows: dict[str, str]) -> dict[str, str]:
    """A form with these rows; each may name a version, else the page showed none."""
    fields = {"key": "a-key-of-the-form"}
    for code, row in rows.items():
        whole = {"version": "none", "note": "", "state": ""} | row
        if not {"value", "numerator"} & whole.keys():
            whole["value"] = ""
        fields |= {f"{name}:{key(code)}": text for name, text in whole.items()}
    return fields


def row_of(page: str, code: str, period: str = "M:2026-05") -> str:
    found = re.search(rf'<div id="m-{key(code, period)}".*?</div>', page, re.DOTALL)
    assert found, page[:2000]
    return found[0]


def figure(code: str) -> Measurement | None:
    rows = Measurement.objects.filter(kpi__code=code, unit__code="north", period="M:2026-05")
    return rows.filter(superseded_at=None).first()


def page_of(response: Any) -> str:
    return str(response.content.decode())


def test_the_grid_has_what_bob_may_enter_with_what_was_entered_before(bob: Client) -> None:
    page = page_of(bob.get("/s/north/updates/"))
    names = re.findall(r'<th scope="row" class="l"><a[^>]*>([^<]+)', page)
    assert names == ["Margin", "Sales", "Costs", "Orders on time", "Staff"], "what is computed stands above its parts"
    assert f'name="value:{key("sales", "M:2026-04")}" value="1200"' in page
    assert f'name="numerator:{key("on_time", "M:2026-04")}" value="97"' in page
    assert "<td class=\"calc\"><span class=\"fx\">calculated</span>25.0%</td>" in page
    assert "700.00" in page and "1,000.00" in page and "–" in page


def test_several_figures_are_recorded_with_one_button(bob: Client) -> None:
    form = sent(sales={"value": "1100"}, on_time={"numerator": "96", "denominator": "100"}, staff={"value": "4"})
    response = bob.post(PAGE, form)
    assert response.status_code == 302
    assert "3 figures recorded for May 2026." in words_of(page_of(bob.get(response["Location"])))
    assert [str(figure("sales").value), figure("on_time").numerator] == ["1100", 96]  # type: ignore[union-attr]


def test_the_same_form_sent_twice_is_recorded_once(bob: Client) -> None:
    form = sent(sales={"value": "1100"})
    assert "Idempotent-Replay" not in bob.post(PAGE, form).headers
    again = bob.post(PAGE, form)
    assert (again.status_code, again["Idempotent-Replay"]) == (302, "true")
    assert Measurement.objects.filter(kpi__code="sales", period="M:2026-05").count() == 1


def test_one_wrong_cell_leaves_all_unrecorded_and_says_so_beside_it(bob: Client) -> None:
    response = bob.post(PAGE, sent(sales={"value": "1100"}, staff={"value": "2O"}))
    page = page_of(response)
    assert response.status_code == 422
    assert "the letter O" in row_of(page, "staff") and row_of(page, "sales").endswith("></div>")
    assert 'value="1100"' in page and 'value="2O"' in page, "nothing has to be typed again"
    assert figure("sales") is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"value": "1,284"}, "may be 1284 or 1.284. Choose one."),
        ({"value": "-5"}, "the least it can be"),
        ({"value": "5", "state": "missing"}, "Keep one of the two"),
        ({"value": "five"}, "is not a number"),
        ({"value": "1.284"}, "is read as 1.284, not as 1284."),
    ],
)
def test_what_is_wrong_or_unsure_is_said_beside_the_cell(bob: Client, typed: dict[str, str], said: str) -> None:
    response = bob.post(PAGE, sent(sales=typed))
    assert response.status_code == 422
    assert said in row_of(page_of(response), "sales")
    assert figure("sales") is None


def test_what_could_be_read_in_two_ways_is_recorded_once_it_is_confirmed(bob: Client) -> None:
    note = "The till was closed on all days but one."
    assert bob.post(PAGE, sent(sales={"value": "1.284", "sure": "yes", "note": note})).status_code == 302
    assert str(figure("sales").value) == "1.284"  # type: ignore[union-attr]


def test_a_number_of_another_country_is_read_where_it_has_one_meaning(bob: Client) -> None:
    assert bob.post(PAGE, sent(sales={"value": "1.284,50"})).status_code == 302
    assert str(figure("sales").value) == "1284.50"  # type: ignore[union-attr]


def test_a_figure_off_target_needs_a_reason_and_is_never_refused_with_one(bob: Client) -> None:
    late = {"numerator": "70", "denominator": "100"}
    response = bob.post(PAGE, sent(on_time=late | {"note": "rain"}))
    assert "It is off target: say why, and what is done" in row_of(page_of(response), "on_time")
    note = "The van broke down; it is replaced in June."
    assert bob.post(PAGE, sent(on_time=late | {"note": note})).status_code == 302
    assert figure("on_time").reason == note  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "state"),
    [("not due", State.NOT_DUE), ("missing", State.MISSING), ("n/a", State.NOT_APPLICABLE)],
)
def test_kinds_of_no_figure_are_told_apart_by_choice_and_by_word(bob: Client, said: str, state: State) -> None:
    bob.post(PAGE, sent(staff={"state": said}, costs={"value": said}, sales={"value": "0", "note": "x" * 20}))
    assert figure("staff").state == figure("costs").state == state  # type: ignore[union-attr]
    assert (figure("sales").value, figure("sales").state) == (0, State.NUMBER)  # type: ignore[union-attr]
    assert figure("on_time") is None, "an empty cell says nothing"


def test_an_emptied_cell_asks_why_there_is_none(bob: Client) -> None:
    april = "/s/north/updates/?p=2026-04"
    version = re.search(rf'version:{key("staff", "M:2026-04")}" value="([^"]+)', page_of(bob.get(april)))
    assert version
    form = {f"value:{key('staff', 'M:2026-04')}": "", f"version:{key('staff', 'M:2026-04')}": version[1]}
    response = bob.post(april, form)
    assert "To take a figure back, say why" in row_of(page_of(response), "staff", "M:2026-04")


def test_the_second_writer_sees_the_difference_and_chooses(bob: Client, alice: Client) -> None:
    assert bob.post(PAGE, sent(staff={"value": "5"})).status_code == 302
    response = alice.post(PAGE, sent(staff={"value": "6"}, sales={"value": "1100"}))
    page = page_of(response)
    assert response.status_code == 422 and figure("sales") is None
    assert "Bob Baker recorded 5 on" in row_of(page, "staff")
    mine = re.search(r'value="(mine [^"]+)"', row_of(page, "staff"))
    assert mine
    undecided = alice.post(PAGE, sent(staff={"value": "6"}))
    assert undecided.status_code == 422, "without a choice nothing is overwritten"
    assert alice.post(PAGE, sent(staff={"value": "6", "choice": mine[1]})).status_code == 302
    assert figure("staff").value == 6  # type: ignore[union-attr]


def test_the_second_writer_may_keep_what_the_first_wrote(bob: Client, alice: Client) -> None:
    bob.post(PAGE, sent(staff={"value": "5"}))
    kept = alice.post(PAGE, sent(staff={"value": "6", "choice": "theirs"}, sales={"value": "1100"}))
    assert kept.status_code == 302
    assert (figure("staff").value, figure("sales").value) == (5, 1100)  # type: ignore[union-attr]


def test_what_one_did_not_touch_is_no_conflict(bob: Client, alice: Client) -> None:
    bob.post(PAGE, sent(staff={"value": "5"}))
    assert alice.post(PAGE, sent(staff={"value": ""}, sales={"value": "1100"})).status_code == 302
    assert figure("staff").value == 5  # type: ignore[union-attr]


def test_a_check_says_what_the_form_would_and_records_nothing(bob: Client) -> None:
    page = page_of(bob.post(CHECKS, sent(on_time={"numerator": "120", "denominator": "100"})))
    assert "It is right" in row_of(page, "on_time"), "a share of more than all is asked about"
    page = page_of(bob.post(CHECKS, sent(on_time={"numerator": "80", "denominator": "100"})))
    assert "Off target" in page and "80.0</span>" in page
    assert figure("on_time") is None


def test_a_pasted_block_is_read_in_its_own_convention(bob: Client) -> None:
    page = page_of(bob.post(CHECKS, sent(sales={"value": "1.284"}, costs={"value": "812,5"}) | {"block": "yes"}))
    assert f'name="value:{key("sales")}" value="1284"' in page
    assert "2 rows pasted: 2 read without doubt. “1.284” was read as 1284. “812,5” was read as 812.5." in page


def test_a_period_to_come_is_refused_beside_the_cell(bob: Client, organisation: Organisation) -> None:
    row = Kpi.objects.get(organisation=organisation, code="staff")
    form = {f"value:{row.pk}:M:2031-01": "4", f"version:{row.pk}:M:2031-01": "none"}
    response = bob.post("/s/north/updates/?p=2031-01", form)
    assert response.status_code == 422
    assert "still to come" in row_of(page_of(response), "staff", "M:2031-01")


def test_bob_finds_nothing_of_the_other_shop(bob: Client, charlie: Client) -> None:
    assert bob.get("/s/south/updates/").status_code == 404
    assert charlie.post(PAGE, sent(sales={"value": "1"})).status_code == 404
    assert charlie.post(CHECKS, sent(sales={"value": "1"})).status_code == 404


def test_a_deputy_enters_for_who_is_away(organisation: Organisation, alice: Client) -> None:
    bob = Person.objects.get(email="bob@bakery.example")
    outcome = record_measurement(by=bob, organisation="bakery", kpi="staff", unit="north", period="2026-05", value=3)
    assert outcome.ok
    assert "1 of 4 entered" in words_of(page_of(alice.get(PAGE)))


def test_a_kpi_of_quarters_is_entered_in_the_last_month_of_its_quarter(alice: Client) -> None:
    kpi = {"sent": "yes", "name": "Audits", "unit": "count", "frequency": "quarter", "use-sent": "yes",
           "use-objective": "earn", "target-sent": "yes", "target-value": "4", "target-red_line": "2",
           "target-since": "FY2024-Q1", "kind": "index"}  # fmt: skip
    assert alice.post("/s/bakery/build/kpi/", kpi).status_code == 302
    month = "/s/north/updates/?p=2026-03"
    name = re.search(r'name="(value:\d+:Q:[^"]+)" value=""', page_of(alice.get(month)))
    assert name, "the grid has the quarter that ends with the month"
    cell = name[1].removeprefix("value:")
    row = {f"value:{cell}": "3", f"version:{cell}": "none", f"note:{cell}": "", f"state:{cell}": ""}
    assert alice.post(month, {"key": "quarters"} | row).status_code == 302
    page = page_of(alice.get(month))
    assert f'name="value:{cell}" value="3"' in page and "Near target" in words_of(page)
    early = page_of(alice.get("/s/north/updates/?p=2024-03"))
    assert 'data-l="Target ">4<' in early, "the target of a period that nothing was evaluated for"
