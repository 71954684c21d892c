"""Benchmarks in the browser: a set handed over, looked at row by row, taken in one step, and seen beside its KPI."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.amendments import Amendment
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Kpi, Mapping, Organisation, Upload
from tests.web.conftest import MOMENT
from tests.web.pages.test_spreadsheets import form_of
from tests.web.reading import links_of, main_of, words_of

PAGE = "/s/bakery/build/benchmarks/"
SET = "KPI,Benchmark,Source,Published\nOrders on time,97.5,Peer median,2026-03-31\nMargin,24,Guild,2026-02\n"


def benchmarks() -> list[str]:
    found = read_definitions(Organisation.objects.get(code="bakery"))
    assert found is not None
    return [f"{t.kpi} {t.since} {t.value:f}" for t in found.targets if t.kind == "benchmark"]


def hand_over(client: Client, text: str = SET, name: str = "peers.csv") -> str:
    file = BytesIO(text.encode())
    file.name = name
    answer = client.post(PAGE, {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def read(client: Client, address: str) -> tuple[str, dict[str, str]]:
    """The words of the page, and what a browser would send of its form."""
    page = client.get(address)
    assert page.status_code == 200
    return words_of(main_of(page)), form_of(page.content.decode())  # type: ignore[arg-type]


def sent(client: Client, address: str, form: dict[str, str], status: int = 200, **more: str) -> str:
    answer: Any = client.post(address, form | more)
    assert answer.status_code == status, words_of(answer.content.decode())
    return words_of(main_of(answer))


def test_a_set_is_looked_at_taken_and_seen_beside_its_kpi(alice: Client) -> None:
    assert "None yet" in words_of(alice.get(PAGE).content.decode())
    at = hand_over(alice)
    said, form = read(alice, at)
    assert "2 rows below line 1 . Nothing is written yet." in said.replace("line 1.", "line 1 .")
    assert "Added 2" in said and "Orders on time new 97.5% – Mar 2026 Peer median, 31 Mar 2026" in said
    assert [form[f"c{i}"] for i in range(4)] == ["kpi", "value", "source", "date"]
    assert benchmarks() == [] and "Import 2 benchmarks" in said
    done = alice.post(at, form | {"do": "import"}, follow=True)
    assert done.redirect_chain[-1][0] == PAGE and "peers.csv: 2 benchmarks added" in words_of(done.content.decode())
    assert benchmarks() == ["on_time 2026-03 97.5", "margin 2026-02 24"]
    assert not Upload.objects.exists()
    listed = words_of(main_of(alice.get(PAGE)))  # type: ignore[arg-type]
    assert "Orders on time 97.5% all Mar 2026 Peer median 31 Mar 2026" in listed
    kpi = Kpi.objects.get(organisation__code="bakery", code="on_time").pk
    shown = words_of(alice.get(f"/kpi/{kpi}-x/?u=north").content.decode())
    assert "Benchmark 97.5% (Peer median, 31 Mar 2026)" in shown
    changes = words_of(alice.get("/s/bakery/build/changes/").content.decode())
    told = r"benchmark of Orders on time from 2026-03 added by Alice Archer, .{,20} , Benchmark set peers.csv"
    assert re.search(told, changes)
    assert "Take back all 2" in changes


def test_the_next_target_takes_the_benchmark_with_its_source_and_date(alice: Client) -> None:
    at = hand_over(alice, SET.replace("Margin,24", "Costs,500"))
    assert alice.post(at, read(alice, at)[1] | {"do": "import"}).status_code == 302
    kpi = Kpi.objects.get(organisation__code="bakery", code="costs").pk
    page = alice.get(f"/kpi/{kpi}-x/proposals/?u=bakery")
    assert "to 500 (Guild, Feb 2026)." in words_of(page.content.decode())


def test_the_same_set_again_has_nothing_new_and_a_newer_one_shows_what_was(alice: Client) -> None:
    at = hand_over(alice)
    alice.post(at, read(alice, at)[1] | {"do": "import"})
    said, _ = read(alice, hand_over(alice))
    assert "Unchanged 2" in said and "There is nothing new in this set." in said
    said, _ = read(alice, hand_over(alice, SET.replace("97.5", "98").replace("2026-03-31", "2026-05-02")))
    assert "Orders on time new version 98% 97.5% May 2026 Peer median, 2 May 2026" in said


def test_source_and_date_are_given_once_for_the_whole_set(alice: Client) -> None:
    at = hand_over(alice, "KPI,Benchmark\nOrders on time,97.5\nMargin,24\n")
    said, form = read(alice, at)
    assert said.count("The row names no source. Write who published it in the column source, or give one") == 2
    assert "The row has no date." in said and "Rejected 2" in said and "Import" not in said.split("Every row")[1]
    more = {"fixed-source": "Trade survey", "fixed-date": "31.03.2026"}
    said = sent(alice, at, form | more, do="check")
    assert "Added 2" in said and "Trade survey, 31 Mar 2026" in said
    assert alice.post(at, form | more | {"do": "import"}).status_code == 302
    assert benchmarks() == ["on_time 2026-03 97.5", "margin 2026-03 24"]


def test_a_wrong_row_keeps_all_out_and_goes_out_as_a_report(alice: Client) -> None:
    at = hand_over(alice, SET + "Nothing,1,Guild,2026\n")
    said, form = read(alice, at)
    assert 'Nothing rejected "Nothing" is no KPI here' in said and "Added 2" in said
    assert "Import 2" not in said
    assert "rejected" in sent(alice, at, form, 422, do="import") and benchmarks() == []
    report = alice.post(at, form | {"do": "report"})
    assert report["Content-Type"].startswith("text/csv")
    assert [line[:2] for line in report.content.decode().splitlines()] == ["ro", "4,"]


def test_what_has_two_meanings_is_asked_first(alice: Client) -> None:
    at = hand_over(alice, "KPI;Benchmark;Source;Published\nSales;1.284;Guild;03/04/2026\n")
    said, form = read(alice, at)
    assert "Which mark stands before decimals" in said and "In which order do dates stand" in said
    assert "Every row" not in said and "In which order" in sent(alice, at, form, 422, do="import")
    assert "1,284\u00a0GBP" in alice.post(at, form | {"do": "check", "decimal": ",", "dates": "dmy"}).content.decode()


def test_how_a_table_was_read_is_remembered_and_can_be_changed(alice: Client) -> None:
    text = "What,Peers reach,Who,Day\nOrders on time,97.5,Peer median,2026-03-31\n"
    at = hand_over(alice, text)
    said, form = read(alice, at)
    assert "Which column holds the benchmarks?" in said and form["c0"] == "kpi"
    form |= {"c1": "value", "c2": "source", "c3": "date", "do": "import"}
    assert alice.post(at, form).status_code == 302 and Mapping.objects.count() == 1
    said, form = read(alice, hand_over(alice, text.replace("97.5", "98").replace("03-31", "04-30")))
    assert "its columns are proposed as they were then" in said and "Added 1" in said and form["c1"] == "value"


@pytest.mark.parametrize(("name", "text", "said"), [
    ("peers.pdf", "x", "is not read"), ("peers.csv", 'KPI,Value\n"Sales,1\n', "A quote on line 2"),
    ("peers.csv", "KPI,Value\n" + "Sales,1\n" * 2_001, "at most 2,000 are taken at once"),
    ("peers.csv", "KPI,Value\n" + "Sales,1\n" * 300_000, "A set has at most 2,000 rows. Split the file."),
])  # fmt: skip
def test_a_file_that_cannot_be_taken_says_why(alice: Client, name: str, text: str, said: str) -> None:
    file = BytesIO(text.encode())
    file.name = name
    answer = alice.post(PAGE, {"file": file}, follow=True)
    assert answer.status_code == 422 and said in words_of(answer.content.decode())


def test_a_name_in_a_file_is_text_and_never_markup(alice: Client) -> None:
    said = alice.get(hand_over(alice, "KPI,Value\n<script>alert(1)</script>,1\n=cmd(),2\n")).content.decode()
    assert "<script>alert" not in said and "&lt;script&gt;alert" in said


def test_it_is_reached_from_where_targets_are_made(alice: Client, bob: Client) -> None:
    kpi = Kpi.objects.get(organisation__code="bakery", code="on_time").pk
    for page in ("/s/bakery/build/", f"/kpi/{kpi}-x/proposals/?u=bakery", "/s/bakery/library/"):
        assert links_of(alice.get(page).content.decode())["Benchmarks"] == PAGE, page
    for page in (f"/kpi/{kpi}-x/proposals/?u=north", "/s/north/library/"):
        assert "Benchmarks" not in links_of(bob.get(page).content.decode()), page


def test_a_confidential_kpi_is_neither_listed_nor_known(alice: Client) -> None:
    at = hand_over(alice)
    alice.post(at, read(alice, at)[1] | {"do": "import"})
    organisation = Organisation.objects.get(code="bakery")
    found = read_definitions(organisation)
    assert found is not None
    secret = found.kpi["on_time"].model_copy(update={"classification": "confidential"})
    assert amend_definitions(
        by=None, organisation="bakery", amendments=[Amendment("kpis", found.kpi["on_time"], secret)], at=MOMENT
    ).ok
    assert "Orders on time" not in words_of(main_of(alice.get(PAGE)))  # type: ignore[arg-type]
    said, _ = read(alice, hand_over(alice, SET.replace("97.5", "99")))
    assert '"Orders on time" is no KPI here' in said and "97.5" not in said


def test_charlie_and_bob_get_nothing_of_it(alice: Client, bob: Client, charlie: Client) -> None:
    at = hand_over(alice)
    for client, status in ((bob, 404), (charlie, 404)):
        for address in (PAGE, at):
            assert client.get(address).status_code == status
            assert client.post(address, {"do": "import"}).status_code == status
    assert bob.get("/s/north/build/benchmarks/").status_code == 403
    assert benchmarks() == [] and not Event.objects.filter(action="definitions.amend").exists()


def test_each_row_of_the_table_names_its_cells_for_a_narrow_screen(alice: Client) -> None:
    page = alice.get(hand_over(alice)).content.decode()
    row = re.search(r'<tr>(<td data-th="Line">2</td>.*?)</tr>', page)
    assert row is not None
    names = ["Line", "KPI", "Becomes", "Benchmark", "Before", "From", "Source"]
    assert re.findall(r'data-th="([^"]+)"', row[1]) == names


def test_what_the_checks_say_of_a_row_is_said_in_the_words_of_the_forms(alice: Client) -> None:
    said, _ = read(alice, hand_over(alice, "KPI,Value,Source,Date\nSales,-5,Guild,2026\n"))
    assert "Sales new “Target” of target 3 of KPI “Sales”, -5, lies beyond “Smallest possible figure”" in said
