"""The page of the files of a KPI, the files themselves, and who comes by them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from fourfold.actions.add_attachment import add_attachment
from fourfold.actions.remove_attachment import remove_attachment
from fourfold.records.models import Attachment, Kpi, Person
from tests.web.conftest import MOMENT

WHERE = {"u": "north", "p": "2026-04"}
PDF = b"%PDF-1.7 april"


def address(code: str = "sales") -> str:
    return f"/kpi/{Kpi.objects.get(organisation__code='bakery', code=code).pk}-{code}/"


def page(client: Client, **query: str) -> str:
    answer = client.get(address() + "attachments/", WHERE | query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, content: bytes = PDF, name: str = "bill.pdf", period: str = "M:2026-04") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(f"{address()}attachments/?u=north&p=2026-04", {"file": file, "period": period})


def kept(**changes: Any) -> Attachment:
    given = {"kpi": "sales", "unit": "north", "period": "2026-04", "name": "till.txt", "content": b"412", "at": MOMENT}
    outcome = add_attachment(by=None, organisation="bakery", **given | changes)
    assert outcome.value is not None, outcome.findings
    return outcome.value


def test_a_file_that_bob_attaches_is_listed_counted_and_taken_away(bob: Client) -> None:
    assert send(bob).status_code == 302
    row = Attachment.objects.get()
    assert "bill.pdf" in page(bob) and "attached by Bob Baker" in page(bob)
    assert "bill.pdf" in bob.get(address(), WHERE).content.decode(), "on the page of the KPI"
    grid = bob.get("/s/north/updates/?p=2026-04").content.decode()
    assert ">1 file<" in grid and ">Add file<" in grid
    answer = bob.get(f"{address()}attachments/{row.pk}/", WHERE)
    assert answer.content == PDF and answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="bill.pdf"')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_removed_file_is_on_record_and_seen_as_of_a_day_on_which_it_was_there(bob: Client) -> None:
    row = kept()
    assert bob.post(f"{address()}attachments/?u=north&p=2026-04", {"remove": str(row.pk)}).status_code == 302
    now = page(bob)
    assert "<s>till.txt</s>" in now and "removed by Bob Baker" in now
    assert bob.get(f"{address()}attachments/{row.pk}/", WHERE).status_code == 404
    then = WHERE | {"as_of": "2026-05-20"}
    assert f"{row.pk}/?" in page(bob, as_of="2026-05-20") and "<s>" not in page(bob, as_of="2026-05-20")
    assert bob.get(f"{address()}attachments/{row.pk}/", then).content == b"412"


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"<svg onload='alert(1)'/>", "logo.png"), (b"<html><body>", "bill.pdf"), (b"", "a.txt"), (b"MZ\0\0", "a.pdf")],
)
def test_what_is_no_proof_comes_back_with_the_reason(bob: Client, content: bytes, name: str) -> None:
    answer = send(bob, content, name)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_without_a_file_or_with_a_strange_period_it_says_so(bob: Client) -> None:
    assert "Choose a file." in bob.post(f"{address()}attachments/?u=north").content.decode()
    assert send(bob, period="M:2999-01").status_code == 422
    assert bob.post(f"{address()}attachments/?u=north", {"remove": "1 or 1=1"}).status_code == 404


def test_an_outsider_finds_neither_the_page_nor_the_file(charlie: Client, bob: Client) -> None:
    own, other = kept(), kept(unit="south")
    for client, row in ((charlie, own), (bob, other)):
        for query in ({}, WHERE, {"u": "south"}, {"u": "mill"}):
            assert client.get(f"{address()}attachments/{row.pk}/", query).status_code == 404
    assert charlie.get(address() + "attachments/", WHERE).status_code == 404
    assert charlie.post(address() + "attachments/", {"remove": str(own.pk)}).status_code == 404
    assert bob.post(f"{address()}attachments/?u=north", {"remove": str(other.pk)}).status_code == 404
    assert bob.get(f"{address()}attachments/{uuid.uuid4()}/", WHERE).status_code == 404
    assert Attachment.objects.there().count() == 2


def test_a_file_is_not_found_at_the_address_of_another_kpi(alice: Client) -> None:
    row = kept()
    assert alice.get(f"{address()}attachments/{row.pk}/", WHERE).status_code == 200
    assert alice.get(f"{address('costs')}attachments/{row.pk}/", WHERE).status_code == 404


def test_who_sees_no_numbers_gets_no_file(bob: Client) -> None:
    row = kept()
    Person.objects.get(email="bob@bakery.example").grant_rows.update(statuses_only=True)
    assert bob.get(f"{address()}attachments/{row.pk}/", WHERE).status_code == 404
    assert "till.txt" not in page(bob) and "till.txt" not in bob.get(address(), WHERE).content.decode()


def test_as_of_a_day_before_it_was_attached_nothing_is_there(alice: Client) -> None:
    row = kept(at=timezone.now())
    assert "till.txt" in page(alice)
    assert "till.txt" not in page(alice, as_of="2026-05-20")
    remove_attachment(by=None, attachment=row.pk, at=timezone.now() + timedelta(seconds=1))
    assert "till.txt" not in page(alice, as_of="2026-05-20")
