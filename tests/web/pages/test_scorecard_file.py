"""The scorecard as a workbook, and the columns that somebody chose: read again with another library than wrote it."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from fourfold.access.roles import Role
from fourfold.actions.choose_columns import choose_columns
from fourfold.actions.give_grant import give_grant
from fourfold.actions.record_measurement import record_measurement
from fourfold.records.models import Organisation, Person
from fourfold.records.queries.scorecard import COLUMNS
from fourfold.reports.workbook import Line, Number, Page, workbook_of
from tests.web.conftest import ADDRESSES
from tests.web.reading import links_of, open_page

XLSX = "/s/{unit}/scorecard.xlsx"


def rows_of(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def sheet(client: Client, query: str = "?p=2026-04", unit: str = "north") -> dict[str, dict[str, object]]:
    """The KPIs of the file by name: what stands under each head."""
    answer = client.get(XLSX.format(unit=unit) + query)
    assert answer.status_code == 200, answer.content
    rows = rows_of(answer.content)
    top = next(i for i, row in enumerate(rows) if "KPI" in row)
    heads = [str(head) for head in rows[top]]
    found = [dict(zip(heads, row, strict=True)) for row in rows[top + 1 :]]
    return {str(row["KPI"] or row["Perspective"]): row for row in found}


def test_figures_are_numbers_and_what_stands_in_their_place_is_a_word(alice: Client) -> None:
    north, south = sheet(alice), sheet(alice, "?p=2026-03", "south")
    assert north["Sales"]["Actual"] == 1200.0 and isinstance(north["Sales"]["Actual"], float)
    assert (north["Sales"]["Status"], north["Sales"]["Objective"]) == ("Not scored", "Earn our keep")
    on_time = north["Orders on time"]
    assert (on_time["Actual"], on_time["Target"], on_time["Gap"], on_time["Score"]) == (97.0, 95.0, 2.0, 110.0)
    assert (on_time["Status"], on_time["Unit"]) == ("On target", "%")
    assert south["Sales"]["Actual"] == "not in" and south["Sales"]["Status"] == "Overdue"
    april = sheet(alice, "?p=2026-04", "south")
    assert april["Costs"]["Actual"] == 0.0  # zero is a figure


def test_the_page_and_the_file_say_the_same(alice: Client) -> None:
    page = open_page(alice, "/s/north/scorecard/?p=2026-04")
    shown = re.findall(r'<a class="m" href="[^"]*">([^<]*)</a>', page)
    found = sheet(alice)
    assert [name for name in found if found[name]["KPI"]] == shown
    scores = re.findall(r'<td class="num c-fc">([\d.–]*)', page)
    numbers = [f"{row['Score']:.1f}" if row["Score"] != "" else "–" for row in found.values() if row["KPI"]]
    assert [s for s in scores if s] == numbers


def test_filters_order_and_day_are_those_of_the_page(alice: Client) -> None:
    everything, on = sheet(alice), sheet(alice, "?p=2026-04&st=on")
    assert 0 < len([r for r in on.values() if r["KPI"]]) < len([r for r in everything.values() if r["KPI"]])
    assert {row["Status"] for row in on.values() if row["KPI"]} == {"On target"}
    by_name = [row["KPI"] for row in sheet(alice, "?p=2026-04&sort=name").values()]
    assert by_name == sorted(by_name, key=lambda name: str(name).lower())
    links = links_of(open_page(alice, "/s/north/scorecard/?p=2026-04&st=on&sort=-gap"))
    assert links["Excel"].startswith("/s/north/scorecard.xlsx?") and {"st=on", "sort=-gap"} <= set(
        links["Excel"].partition("?")[2].split("&")
    )


def test_it_looks_back_to_what_was_known_on_a_day(alice: Client) -> None:
    before = sheet(alice)["Sales"]["Actual"]
    assert record_measurement(
        by=None, organisation="bakery", kpi="sales", unit="north", period="2026-04", value="1300",
        at=datetime.fromisoformat("2026-06-20T12:00:00+00:00"),
    ).ok  # fmt: skip
    assert sheet(alice)["Sales"]["Actual"] == 1300.0
    answer = alice.get(XLSX.format(unit="north") + "?p=2026-04&as_of=2026-06-01")
    assert sheet(alice, "?p=2026-04&as_of=2026-06-01")["Sales"]["Actual"] == before == 1200.0
    assert "As known at the end of 2026-06-01" in [row[0] for row in rows_of(answer.content)[:4]]


def test_the_file_asks_the_export_right(alice: Client, bob: Client, charlie: Client) -> None:
    assert bob.get(XLSX.format(unit="north")).status_code == 403
    assert "Excel" not in links_of(open_page(bob, "/s/north/scorecard/"))
    assert charlie.get(XLSX.format(unit="north")).status_code == 404
    assert Client().get(XLSX.format(unit="north")).status_code == 302


def test_a_viewer_may_take_it_out_where_the_grant_says_so(alice: Client, organisation: Organisation) -> None:
    owner, bob = (Person.objects.get(email=ADDRESSES[name]) for name in ("alice", "bob"))
    give_grant(by=owner, person=bob.pk, role=Role.VIEWER, unit="north", exports=True)
    client = Client()
    client.force_login(bob)
    assert sheet(client)["Sales"]["Actual"] == 1200.0
    assert client.get(XLSX.format(unit="south")).status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "=HYPERLINK(\"http://a\")", "http://a.example", "0123"])
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    made = workbook_of(Page("T", [text], [text], [Line([text])]), name="a/b:c")
    assert [c for row in rows_of(made) for c in row if c] == ["T", text, text, text]
    inside = ZipFile(BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in inside and "hyperlink" not in inside


def test_a_number_keeps_all_its_digits_and_its_format() -> None:
    made = workbook_of(Page("T", [], ["A", "B", "C"], [Line([Number(1 / 3, '#,##0.0"%"'), None, "–"])]), name="T")
    assert rows_of(made)[-1] == [1 / 3, "", "–"]
    assert '#,##0.0&quot;%&quot;' in ZipFile(BytesIO(made)).read("xl/styles.xml").decode()
    assert rows_of(workbook_of(Page("T", [], ["A"], [Line([Number(float("nan"))])]), name="T"))[-1] == ["A"]


def left_out(client: Client) -> str:
    found = re.search(r'<div class="chosen"(?: data-left-out="([^"]*)")?>', open_page(client, "/s/north/scorecard/"))
    assert found
    return found[1] or ""


def test_columns_are_remembered_for_the_person_on_every_device(alice: Client, bob: Client) -> None:
    there = "/s/north/scorecard/?st=on"
    answer = alice.post("/s/north/scorecard/columns/", {"column": ["owner", "score", "no such"], "next": there})
    assert (answer.status_code, answer["Location"]) == (302, there)
    assert set(left_out(alice).split()) == COLUMNS.keys() - {"owner", "score"}
    page = open_page(alice, there)
    assert len(re.findall(r'name="column" value="\w+" checked', page)) == 2
    another = Client()
    another.force_login(Person.objects.get(email=ADDRESSES["alice"]))
    assert left_out(another) == left_out(alice) and left_out(bob) == ""
    alice.post("/s/north/scorecard/columns/", {"all": "yes", "column": ["owner"]})
    assert left_out(alice) == ""


def test_the_file_has_the_columns_that_are_chosen(alice: Client) -> None:
    choose_columns(by=Person.objects.get(email=ADDRESSES["alice"]), columns={"target", "score"})
    heads = list(sheet(alice)["Sales"])
    assert heads == ["Perspective", "Objective", "KPI", "Status", "Actual", "Unit", "Target", "Score", "Notes"]
    choose_columns(by=Person.objects.get(email=ADDRESSES["alice"]), columns=COLUMNS)
    heads = list(sheet(alice)["Sales"])
    assert {"Owner", "Gap", "Year to date"} <= set(heads) and sum("202" in head for head in heads) == 12


def test_columns_lead_nowhere_else_and_are_chosen_by_a_form_alone(alice: Client, charlie: Client) -> None:
    answer = alice.post("/s/north/scorecard/columns/", {"all": "yes", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/s/north/scorecard/"
    alice.get("/s/north/scorecard/columns/?column=owner")
    assert left_out(alice) == ""
    assert charlie.post("/s/north/scorecard/columns/", {"column": "owner"}).status_code == 404
