"""The way of a file through the pages, from handing it over to the figures."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import xlsxwriter
from django.test import Client

from fourfold.records.models import Import, Kpi, Mapping, Measurement, Upload

pytestmark = pytest.mark.django_db
PAGE = "/s/north/imports/"
GERMAN = """Figures of the spring;;;
Kennzahl;Einheit;Monat;Wert
Sales;North Quay;Feb 2026;1.000,00
Sales;North Quay;März 2026;750,50
Takings;North Quay;Jan 2026;3,00
Sales;South Pier;Jan 2026;4,00
"""


def hand_over(client: Client, text: str = GERMAN, name: str = "spring.csv") -> str:
    file = BytesIO(text.encode("cp1252"))
    file.name = name
    answer = client.post(PAGE, {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the form: the chosen options, and the values of inputs."""
    form = page.split('<form method="post" action="/s/north/imports/')[1]
    sent = dict(re.findall(r'<input class="inp[^>]*? name="([^"]+)" value="([^"]*)"', form))
    sent |= dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    for name, options in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def page_of_sales(client: Client) -> str:
    kpi = Kpi.objects.get(code="sales", organisation__code="bakery")
    return client.get(f"/kpi/{kpi.pk}-sales/?u=north&p=2026-04", follow=True).content.decode()


def test_a_file_is_looked_at_checked_and_imported_with_the_bad_rows_kept_apart(bob: Client) -> None:
    assert "Import a file" in bob.get("/s/north/updates/").content.decode()
    at = hand_over(bob)
    page = bob.get(at).content.decode()
    assert "4 rows below line 2, Windows-1252" in page and "Nothing is recorded yet" in page
    form = form_of(page)
    assert [form[f"c{i}"] for i in range(4)] == ["kpi", "unit", "period", "value"] and form["decimal"] == ","
    before = Measurement.objects.count()
    checked = bob.post(at, form | {"do": "check"}).content.decode()
    assert "Import 1 figure, keep 2 rows apart" in checked and "Takings" in checked and "South" in checked
    assert 'name="code-kpi=Takings"' in checked and Measurement.objects.count() == before
    report = bob.post(at, form | {"do": "report"})
    assert report["Content-Type"].startswith("text/csv") and b"Takings,north,2026-01,3.00" in report.content
    refused = bob.post(at, form | {"do": "import"})
    assert refused.status_code == 422 and Measurement.objects.count() == before
    done = bob.post(at, form | {"do": "apart", "code-kpi=Takings": "sales"}, follow=True).content.decode()
    assert "2 figures loaded, 1 unchanged, 1 rejected" in done and not Upload.objects.exists()
    run = Import.objects.get(kind="file")
    assert (run.read, run.loaded, run.unchanged, run.rejected, run.source) == (4, 2, 1, 1, "spring.csv")
    march = Measurement.objects.current().get(unit__code="north", period="M:2026-03", kpi__code="sales")
    assert str(march.value) == "750.50" and march.import_run == run
    assert 'Bob Baker <span class="muted">spring.csv, row 4</span>' in page_of_sales(bob)
    kept = bob.get(f"{PAGE}{run.pk}/rejects.csv")
    assert b"South Pier" in kept.content and b"may not see" in kept.content


def test_the_same_file_again_is_known_and_so_is_how_it_was_read(bob: Client) -> None:
    at = hand_over(bob)
    form = form_of(bob.get(at).content.decode())
    bob.post(at, form | {"do": "apart", "code-kpi=Takings": "sales"})
    assert Mapping.objects.get().spec["codes"] == {"kpi": {"Takings": "sales"}}
    again = bob.get(hand_over(bob)).content.decode()
    assert "very same file was imported on" in again and "was read before" in again
    assert 'name="code-kpi=Takings" value="sales"' in again
    checked = bob.post(hand_over(bob), form_of(again) | {"do": "check"}).content.decode()
    assert "<dt>Rejected</dt><dd>1</dd>" in checked


def test_what_is_not_plain_is_asked_and_nothing_is_checked_before(bob: Client) -> None:
    at = hand_over(bob, "kennzahl;site;month;wert\nsales;north;2026-02;1.284\n")
    page = bob.get(at).content.decode()
    assert "Which mark stands before decimals" in page
    form = form_of(page)
    assert bob.post(at, form | {"do": "check"}).status_code == 422
    checked = bob.post(at, form | {"do": "check", "decimal": ","}).content.decode()
    assert "Import 1 figure" in checked


def test_months_in_columns_are_proposed(bob: Client) -> None:
    at = hand_over(bob, "Measure,Jan 2026,Feb 2026\nSales,5,6\nCosts,7,\n")
    page = bob.get(at).content.decode()
    assert "Which column says the unit" in page
    checked = bob.post(at, form_of(page) | {"fixed-unit": "north", "do": "check"}).content.decode()
    assert "Import 3 figures" in checked


def test_the_page_of_a_kpi_names_file_sheet_and_row_that_a_figure_is_from(bob: Client) -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("Spring & May")
        for i, row in enumerate([("kpi", "unit", "period", "value"), ("sales", "north", "2026-02", 1003)]):
            page.write_row(i + 3, 0, row)
    file.seek(0)
    file.name = "till.xlsx"
    at = str(bob.post(PAGE, {"file": file})["Location"])
    done = bob.post(at, form_of(bob.get(at).content.decode()) | {"do": "import"})
    assert done.status_code == 302, done.content.decode()
    assert "till.xlsx, sheet Spring &amp; May, row 5" in page_of_sales(bob)


@pytest.mark.parametrize(("name", "said"), [("a.pdf", "is not read"), ("a.xlsx", "damaged")])
def test_what_cannot_be_read_is_said(bob: Client, name: str, said: str) -> None:
    file = BytesIO(b"%PDF-1.4")
    file.name = name
    page = bob.post(PAGE, {"file": file}, follow=True).content.decode()
    assert said in page
    assert bob.post(PAGE, {}).status_code == 422


def test_an_outsider_and_a_colleague_find_nobody_elses_file(alice: Client, bob: Client, charlie: Client) -> None:
    at = hand_over(bob)
    bob.post(at, form_of(bob.get(at).content.decode()) | {"do": "apart"})
    run, other = Import.objects.get(kind="file").pk, hand_over(bob)
    for client in (alice, charlie):
        for address in (at, other, f"{PAGE}{run}/rejects.csv"):
            assert client.get(address).status_code == 404
    assert charlie.get(PAGE).status_code == 404 == charlie.post(PAGE).status_code
