"""Parts of pages that are kept ready-made: never what another may see, never what belongs to one person, never old."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from fourfold.access.roles import Role
from fourfold.actions.invite_person import invite_person
from fourfold.actions.record_measurement import record_measurement
from fourfold.records.models import Grant, Organisation, Person, Unit
from fourfold.records.queries import kept as module
from fourfold.records.queries.kept import forget
from fourfold.records.scope import sight_of
from tests.web.conftest import ADDRESSES, MOMENT

PATHS = ("/s/north/", "/s/north/scorecard/", "/s/north/scorecard/?sort=name", "/s/north/menu/")


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    forget()
    yield
    forget()


def get(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def invited(name: str, role: str, unit: str | None = None) -> Person:
    """Somebody new in the bakery."""
    address = f"{name}@bakery.example"
    invite_person(by=None, organisation="bakery", email=address, name=name, role=role, unit=unit)
    return Person.objects.get(email=address)


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def kept_texts() -> str:
    """Everything that is kept ready-made, as one text."""
    found = [texts for (_, key), (texts, _) in module._KEPT.items() if isinstance(key, tuple) and key[0] == "ready"]
    assert found
    return "\n".join("\n".join(texts) for texts in found)


@pytest.mark.parametrize("first", ["alice", "bob"])
def test_two_people_at_the_same_address_see_each_their_own_units(
    organisation: Organisation, alice: Client, bob: Client, first: str
) -> None:
    for client in (alice, bob) if first == "alice" else (bob, alice):
        for path in PATHS:
            page = get(client, path)
            assert ("South Pier" in page) == (client is alice), path
            assert ("<span>Alice Archer" in page) == (client is alice), path


def test_a_role_that_was_taken_away_shows_nothing_more(bob: Client) -> None:
    for path in PATHS:
        get(bob, path)
    elsewhere = Unit.objects.get(organisation__code="bakery", code="south")
    Grant.objects.filter(person__email=ADDRESSES["bob"]).update(unit=elsewhere)
    assert [bob.get(path).status_code for path in PATHS] == [404] * len(PATHS)


def test_sight_is_equal_for_equal_grants_and_for_no_others(organisation: Organisation) -> None:
    grants = [(Role.VIEWER, None), (Role.VIEWER, "north"), (Role.VIEWER, "south"), (Role.EDITOR, "north")]
    seen = [sight_of(invited(f"v{n}", role, unit)) for n, (role, unit) in enumerate(grants)]
    assert len(set(seen)) == len(seen)
    assert sight_of(invited("again", Role.VIEWER, "north")) == seen[1]
    gone = Person.objects.get(email="v0@bakery.example")
    gone.is_active = False
    assert sight_of(gone) not in seen


def test_all_who_see_the_same_share_what_is_kept_and_it_holds_nothing_of_one_person(alice: Client) -> None:
    dora = browser_of(invited("dora", "admin"))
    for path in PATHS:
        get(alice, path)
    before = kept_texts()
    pages = "".join(get(dora, path) for path in PATHS)
    assert kept_texts() == before
    assert ">dora<" in pages
    tokens = re.findall(r'csrfmiddlewaretoken" value="([^"]+)', pages)
    texts = kept_texts()
    assert tokens
    assert not [word for word in ("csrf", ">dora<", "Alice Archer", *tokens) if word in texts]


def test_the_filter_for_ones_own_kpis_is_for_those_who_have_some(alice: Client, bob: Client) -> None:
    dora = browser_of(invited("dora", Role.CONTRIBUTOR, "north"))
    path = "/s/north/scorecard/"
    assert [">Mine<" in get(client, path) for client in (bob, dora, bob)] == [True, False, True]
    assert [get(client, path + "?owner=me").count('class="m"') for client in (bob, dora, bob)] == [1, 0, 1]


def test_kpis_without_an_owner_are_nobodys(organisation: Organisation) -> None:
    stranger = Person.objects.create(email="auditor@elsewhere.example", name="Nobody's member")
    Grant.objects.create(person=stranger, organisation=organisation, role=Role.VIEWER)
    assert get(browser_of(stranger), "/s/north/scorecard/?owner=me").count('class="m"') == 0


def test_a_figure_that_is_entered_shows_on_the_next_page(alice: Client) -> None:
    path = "/s/north/scorecard/"
    assert "£1,200.00" in get(alice, path)
    place = {"kpi": "sales", "unit": "north", "period": "2026-04"}
    record_measurement(by=None, organisation="bakery", value=1300, at=MOMENT, **place)
    page = get(alice, path)
    assert "£1,300.00" in page
    assert "£1,200.00" not in page


def test_theme_and_density_are_those_of_who_asks(alice: Client, bob: Client) -> None:
    get(alice, "/s/north/scorecard/")
    bob.cookies["density"] = "compact"
    assert 'data-density="compact"' in get(bob, "/s/north/scorecard/")
    assert 'data-density="normal"' in get(alice, "/s/north/scorecard/")


@pytest.mark.parametrize("path", PATHS)
def test_a_compressed_page_is_the_page(alice: Client, path: str) -> None:
    def tokens_apart(page: bytes) -> bytes:
        return re.sub(rb'csrfmiddlewaretoken" value="[^"]+', b"", page)

    plain, packed = alice.get(path), alice.get(path, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert all("Accept-Encoding" in response["Vary"] for response in (plain, packed))
    assert tokens_apart(gzip.decompress(packed.content)) == tokens_apart(plain.content)
