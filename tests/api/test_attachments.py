"""Files of figures by the API: handed over, listed, taken away and removed by a token that may, and by no other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.records.models import Attachment, Event, Organisation

from .conftest import Program, program

pytestmark = pytest.mark.django_db
FIGURE = "/organisations/bakery/units/north/kpis/sales/periods/2026-04/attachments"
LIST = "/organisations/bakery/kpis/sales/attachments"


def send(asker: Program, content: bytes = b"%PDF-1 april", path: str = FIGURE, name: str = "bill.pdf") -> Any:
    return Client(raise_request_exception=False).post(
        f"/api/v1{path}?name={name}", content, content_type="application/octet-stream",
        HTTP_AUTHORIZATION=f"Bearer {asker.token}",
    )  # fmt: skip


def test_a_program_attaches_lists_takes_away_and_removes(alice: Program) -> None:
    made = send(alice)
    assert made.status_code == 201, made.content
    said = json.loads(made.content)
    assert (said["name"], said["period"], said["media_type"]) == ("bill.pdf", "M:2026-04", "application/pdf")
    assert send(alice).status_code == 200, "the same again"
    assert alice.get(LIST)["items"] == [said]
    one = f"/organisations/bakery/attachments/{said['id']}"
    answer = alice.ask("GET", one)
    assert answer.content == b"%PDF-1 april" and answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    gone = json.loads(alice.ask("DELETE", one).content)
    assert gone["removed_by"] == "Alice Archer" and alice.get(LIST)["items"] == []
    assert alice.ask("GET", one).status_code == 404
    assert [e.via for e in Event.objects.filter(action__startswith="attachment.")] == ["api", "api"]


def test_as_of_a_moment_the_files_of_then_are_listed(alice: Program) -> None:
    send(alice)
    assert alice.get(f"{LIST}?as_of=2026-05-20")["items"] == []
    assert alice.ask("GET", f"{LIST}?as_of=yesterday").status_code == 400


def test_as_of_a_moment_the_figures_of_then_are_listed(alice: Program) -> None:
    path, new = "/organisations/bakery/kpis/sales/measurements", {"unit": "north", "period": "2026-03", "value": "701"}
    before = alice.get(f"{path}?unit=north")
    assert alice.ask("POST", path, new).status_code == 201
    assert alice.get(f"{path}?unit=north") != before
    assert alice.get(f"{path}?unit=north&as_of=2026-05-20") == before


@pytest.mark.parametrize(
    ("content", "status"), [(b"<svg/>", 422), (b"\x7fELF\x02", 422), (b"%PDF-" + b"0" * 10_000_001, 413)]
)
def test_what_will_not_do_is_refused(alice: Program, content: bytes, status: int) -> None:
    assert send(alice, content).status_code == status and not Attachment.objects.exists()


def test_who_may_not_gets_nothing(bakery: Organisation, alice: Program, bob: Program, charlie: Program) -> None:
    key = json.loads(send(alice).content)["id"]
    for asker, status in ((charlie, 404), (program("bob", Scope.READ), 403)):
        assert send(asker, b"%PDF-2").status_code == status
        assert asker.ask("DELETE", f"/organisations/bakery/attachments/{key}").status_code == status
    assert charlie.ask("GET", f"/organisations/bakery/attachments/{key}").status_code == 404
    assert charlie.ask("GET", f"/organisations/mill/attachments/{key}").status_code == 404
    assert send(bob, path=FIGURE.replace("north", "south")).status_code == 404
    assert Attachment.objects.there().count() == 1
