"""Guest links, as an attacker tries them: guessing, reusing, wandering, outliving, taking more than was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client, RequestFactory

from fourfold.access.roles import Role
from fourfold.actions.deactivate_person import deactivate_person
from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.make_guest_link import NewGuestLink, make_guest_link
from fourfold.actions.note_denial import forget_denials
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.revoke_guest_link import revoke_guest_link
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.errors import Forbidden, NotFound
from fourfold.project.logs import hide
from fourfold.records.limits import forget
from fourfold.records.models import Event, GuestLink, Kpi, Organisation, Person
from tests.access.principals import member
from tests.web.conftest import ADDRESSES

WORDS = "harbour bread morning"
OVER = "This link shows nothing"


@pytest.fixture(autouse=True)
def begun_anew() -> Iterator[None]:
    """Nobody has asked before."""
    forget()
    forget_denials()
    yield
    forget()


def alice_herself() -> Person:
    return Person.objects.get(email=ADDRESSES["alice"])


def made(**given: Any) -> NewGuestLink:
    """A link to North Quay by Alice."""
    outcome = make_guest_link(**{"by": alice_herself(), "unit": "north", "name": "the board"} | given)
    assert outcome.value is not None, outcome.findings
    return outcome.value


def opened(link: NewGuestLink, client: Client | None = None) -> Client:
    """A browser that opened the link."""
    client = client or Client()
    response = client.get("/guest/", {"link": link.text})
    assert (response.status_code, response["Location"]) == (302, f"/guest/{link.row.prefix}/")
    return client


def page(client: Client, link: NewGuestLink) -> str:
    response = client.get(f"/guest/{link.row.prefix}/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_guest_sees_the_table_of_the_unit_and_nothing_that_leads_anywhere(organisation: Organisation) -> None:
    link = made()
    text = page(opened(link), link)
    assert "Shared with the board" in text and "Sales" in text and "£1,200.00" in text and "read-only" in text
    assert not re.findall(r'href="(?!#|/static/)', text.split("<body", 1)[1])
    assert "<form" not in text
    for word in ("Bob Baker", "Alice Archer", "South Pier", "The road was closed", "second oven"):
        assert word not in text, word


def test_the_answers_have_no_index_no_referrer_no_copy_and_no_secret(organisation: Organisation) -> None:
    link = made()
    client = Client()
    door = client.get("/guest/", {"link": link.text})
    shown = client.get(f"/guest/{link.row.prefix}/")
    refused = client.get("/guest/", {"link": "x"})
    for response in (door, shown, refused):
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"] and "no-store" in response["Cache-Control"]
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
    assert link.text not in door["Location"] and link.text not in shown.content.decode()
    cookie = client.cookies[f"fourfold_guest_{link.row.prefix}"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/guest/{link.row.prefix}/", True, "Lax")
    assert cookie["max-age"] == 3600 and link.text not in cookie.value
    assert 'name="robots" content="noindex' in shown.content.decode()


def test_of_the_link_only_its_hash_is_kept(organisation: Organisation) -> None:
    link = made(password=WORDS)
    row = GuestLink.objects.get()
    kept = repr(vars(row)) + repr([vars(event) for event in Event.objects.all()]) + repr(link)
    assert link.text not in kept and WORDS not in kept
    assert len(link.text.rsplit("_", 1)[-1]) >= 43 or len(link.text) > 60
    assert Event.objects.get(action="guest_link.make").after["prefix"] == row.prefix


def refused(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 404
    return re.sub(r'nonce="[^"]*"', "", response.content.decode())


def test_every_refusal_has_the_same_answer(organisation: Organisation) -> None:
    wrong = refused(Client(), "/guest/?link=fourfold_guest_00000000_guess")
    assert OVER in wrong
    revoked, used_up, over = made(), made(most_views=1), made(at=datetime.now(UTC) - timedelta(days=31))
    revoke_guest_link(by=alice_herself(), prefix=revoked.row.prefix)
    opened(used_up)
    answers = {refused(Client(), f"/guest/?link={link.text}") for link in (revoked, used_up, over)}
    answers |= {refused(Client(), "/guest/"), refused(Client(), f"/guest/{used_up.row.prefix}/")}
    answers |= {refused(Client(), "/guest/nothing/"), refused(Client(), "/guest/?link=%01%ff" + "x" * 5000)}
    assert answers == {wrong}


def test_guesses_are_counted_and_stopped_and_stand_in_the_log(organisation: Organisation) -> None:
    link = made()
    statuses = [Client().get("/guest/", {"link": f"guess {n}"}).status_code for n in range(25)]
    assert statuses[:20] == [404] * 20 and set(statuses[20:]) == {429}
    assert Client().get("/guest/", {"link": link.text}).status_code == 429  # and nobody learns that this one is right
    assert Event.objects.filter(action="guest_link.refuse").exists()
    assert "guess 1" not in repr([vars(event) for event in Event.objects.all()])


def test_the_log_of_the_server_never_has_a_link(organisation: Organisation, rf: RequestFactory) -> None:
    request = rf.get("/guest/", {"link": (link := made()).text})
    for entry in ({"request": request}, {"event": f"Not Found: {request!r}"}, {"exception": [request]}):
        assert link.text not in repr(hide(entry)) and "link=…" in repr(hide(entry))


def test_revoking_closes_pages_that_are_open_already(organisation: Organisation) -> None:
    link = made()
    client = opened(link)
    page(client, link)
    assert revoke_guest_link(by=alice_herself(), prefix=link.row.prefix).ok
    assert OVER in refused(client, f"/guest/{link.row.prefix}/")
    assert Event.objects.get(action="guest_link.revoke").person == alice_herself()


def test_a_link_ends_with_the_right_of_whoever_made_it(organisation: Organisation) -> None:
    fay = member("fay", Role.SCORECARD_ADMIN)
    ways = (
        lambda: fay.grant_rows.all().delete(),
        lambda: deny_unit(by=None, organisation="bakery", person=fay.pk, unit="north"),
        lambda: deactivate_person(by=None, number=fay.pk),
    )
    for way in ways:
        Person.objects.filter(pk=fay.pk).update(is_active=True)
        fay.grant_rows.all().delete()
        fay.grant_rows.create(organisation=organisation, role=Role.SCORECARD_ADMIN)
        link = made(by=Person.objects.get(pk=fay.pk))
        client = opened(link)
        page(client, link)
        way()
        assert OVER in refused(client, f"/guest/{link.row.prefix}/")
        assert OVER in refused(Client(), f"/guest/?link={link.text}")


def test_only_who_manages_members_and_sees_the_unit_makes_one(organisation: Organisation) -> None:
    admin = member("scorecard_admin", Role.SCORECARD_ADMIN)
    made(by=admin)
    with pytest.raises(NotFound):
        made(by=admin, unit="south")
    others = [r for r in Role if r not in (Role.GUEST_LINK, Role.SERVICE_KEY, Role.SCORECARD_ADMIN)]
    for role in others:  # also an organisation admin, who sees no figures
        admin.grant_rows.update(role=role)
        with pytest.raises((Forbidden, NotFound)):
            made(by=Person.objects.get(pk=admin.pk))


def test_nobody_makes_or_revokes_links_of_elsewhere(organisation: Organisation, charlie: Client) -> None:
    link, stranger = made(), Person.objects.get(email=ADDRESSES["charlie"])
    with pytest.raises(NotFound):
        revoke_guest_link(by=stranger, prefix=link.row.prefix)
    with pytest.raises(NotFound):
        made(by=stranger, organisation="bakery")
    assert charlie.get("/s/north/guests/").status_code == 404
    assert charlie.post("/s/mill/guests/", {"revoke": link.row.prefix}).status_code in (302, 404)
    link.row.refresh_from_db()
    assert link.row.revoked_at is None


def test_a_cookie_opens_its_own_link_and_no_other(organisation: Organisation) -> None:
    one, two = made(), made(unit="south", name="others")
    client = opened(one)
    value = client.cookies[f"fourfold_guest_{one.row.prefix}"].value
    client.cookies[f"fourfold_guest_{two.row.prefix}"] = value
    assert OVER in refused(client, f"/guest/{two.row.prefix}/")
    forged = Client()
    for content in (signing.dumps({"digest": two.row.digest, "open": True}), value[:-2], "x", '["a"]'):
        forged.cookies[f"fourfold_guest_{two.row.prefix}"] = content
        assert OVER in refused(forged, f"/guest/{two.row.prefix}/")


def test_a_password_is_asked_for_and_counted(organisation: Organisation) -> None:
    link = made(password=WORDS, most_views=1)
    client = opened(link)
    asked = client.get(f"/guest/{link.row.prefix}/")
    assert "Sales" not in asked.content.decode() and asked["Referrer-Policy"] == "same-origin"
    address = f"/guest/{link.row.prefix}/"
    wrong = client.post(address, {"password": "guess"})
    assert wrong.status_code == 422 and "Sales" not in wrong.content.decode()
    assert GuestLink.objects.get().views == 0
    assert client.post(address, {"password": WORDS}).status_code == 302
    assert "Sales" in page(client, link)
    assert GuestLink.objects.get().views == 1
    other = opened(link)  # the one view is used up: the right password opens it for nobody else
    assert other.post(address, {"password": WORDS}).status_code == 422
    statuses = [other.post(address, {"password": f"guess {n}"}).status_code for n in range(25)]
    assert 429 in statuses


def test_views_are_counted_and_the_last_one_is_the_last(organisation: Organisation) -> None:
    link = made(most_views=2)
    first = opened(link)
    page(first, link)
    page(first, link)
    opened(link)
    assert GuestLink.objects.get().views == 2 and GuestLink.objects.get().used_at
    assert OVER in refused(Client(), f"/guest/?link={link.text}")
    page(first, link)  # who came in stays in


def test_a_snapshot_stays_and_a_live_link_follows(organisation: Organisation) -> None:
    fixed, live = made(), made(is_live=True)
    record_measurement(by=None, organisation="bakery", kpi="sales", unit="north", period="2026-04", value="1234.56")
    assert "£1,200.00" in (text := page(opened(fixed), fixed)) and "1,234.56" not in text
    assert "£1,234.56" in page(opened(live), live)


def closed_march() -> None:
    """March is closed at North Quay, where April is the newest month."""
    set_period_state(
        by=None, organisation="bakery", unit="north", period="2026-03", state=PeriodState.CLOSED, reason="Over."
    )


def test_where_a_month_is_closed_a_link_shows_it_unless_something_else_is_said(organisation: Organisation) -> None:
    assert not made().row.snapshot["is_closed"], "none is closed: the newest"
    closed_march()
    link = made()
    assert (link.row.snapshot["period"], link.row.snapshot["is_closed"]) == ("M:2026-03", True)
    text = page(opened(link), link)
    assert "Closed figures as they were on" in text and "£700.00" in text and "£1,200.00" not in text
    assert made(period="2026-04").row.snapshot["period"] == "M:2026-04"
    assert made(is_live=True).row.snapshot is None


def test_the_form_offers_the_closed_month_first(alice: Client, organisation: Organisation) -> None:
    assert "which is closed" not in alice.get("/s/north/guests/").content.decode()
    closed_march()
    form = alice.get("/s/north/guests/").content.decode()
    assert re.search(r'value="closed" checked>of Mar[a-z]* 2026, which is closed', form)
    for shows, period in (("closed", "M:2026-03"), ("snapshot", "M:2026-04")):
        assert alice.post("/s/north/guests/", {"name": "x", "days": "30", "shows": shows}).status_code == 200
        snapshot = GuestLink.objects.latest("pk").snapshot
        assert snapshot and snapshot["period"] == period


def test_no_other_site_shows_the_page_in_a_frame_but_those_of_the_link(
    organisation: Organisation, settings: Any
) -> None:
    settings.HTTPS = True
    link = made(hosts=["https://Intranet.Example.org/", "board.example.org:8443"])
    assert link.row.hosts == "intranet.example.org board.example.org:8443"
    client = opened(link)
    shown = client.get(f"/guest/{link.row.prefix}/")
    assert "frame-ancestors intranet.example.org board.example.org:8443;" in shown["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in shown and "default-src 'none'" in shown["Content-Security-Policy"]
    cookie = client.cookies[f"__Secure-fourfold_guest_{link.row.prefix}"].OutputString()
    assert "; SameSite=None; Partitioned" in cookie and "; Secure" in cookie and "; HttpOnly" in cookie
    for response in (Client().get("/guest/?link=x"), client.get("/accounts/login/")):
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "DENY"
    other = made()
    assert "SameSite=Lax" in opened(other).cookies[f"__Secure-fourfold_guest_{other.row.prefix}"].OutputString()


@pytest.mark.parametrize("host", [
    "*", "*.example.org", "'self'", "https:", "http://example.org", "example.org/page", "a b", "example",
    "exam;ple.org", "example.org; script-src *", "example.org:99999999", "",
])  # fmt: skip
def test_what_is_no_host_name_is_no_site(organisation: Organisation, host: str) -> None:
    outcome = make_guest_link(by=alice_herself(), unit="north", name="x", hosts=[host])
    assert [f.place.thing for f in outcome.findings] == ["hosts"] and outcome.value is None


def test_a_link_for_a_frame_asks_for_no_password_since_it_could_not(organisation: Organisation) -> None:
    outcome = make_guest_link(by=alice_herself(), unit="north", name="x", hosts=["a.example"], password=WORDS)
    assert "no password" in outcome.findings[0].message


def test_a_link_to_one_kpi_shows_no_other(organisation: Organisation) -> None:
    link = made(kpi="sales")
    text = page(opened(link), link)
    assert "£1,200.00" in text and "Costs" not in text and "Margin" not in text
    assert "costs" not in repr(GuestLink.objects.get().snapshot)
    live = made(kpi="sales", is_live=True)
    assert "Costs" not in page(opened(live), live)


def test_a_kpi_that_becomes_confidential_leaves_snapshots_too(organisation: Organisation) -> None:
    link = made()
    client = opened(link)
    row = Kpi.objects.get(organisation=organisation, code="costs")
    row.is_confidential, row.spec = True, row.spec | {"classification": "confidential"}
    row.save()
    Organisation.objects.filter(pk=organisation.pk).update(definitions_version=10_000 + link.row.pk)
    assert "Costs" not in page(client, link)
    with pytest.raises(NotFound, match="guests may see"):
        made(kpi="costs")


def test_a_guest_writes_nothing_and_reaches_no_other_page(organisation: Organisation) -> None:
    link = made()
    client = opened(link)
    for method in ("post", "put", "delete", "patch"):
        assert getattr(client, method)(f"/guest/{link.row.prefix}/").status_code == 405
        assert getattr(client, method)("/guest/").status_code == 405
    assert client.get("/s/north/").status_code == 302
    assert client.get("/api/v1/organisations/bakery/units").status_code == 401


def test_what_is_wrong_is_said_beside_its_field(alice: Client) -> None:
    wrong = (
        {"name": " "}, {"days": "366"}, {"days": "x"}, {"most_views": "0"}, {"password": "short"}, {"kpi": "nothing"},
        {"hosts": "https://a.example/page"},
    )  # fmt: skip
    for given in wrong:
        (place,) = given
        response = alice.post("/s/north/guests/", {"name": "the board", "days": "30"} | given)
        field = {"most_views": "views"}.get(place, place)
        assert response.status_code == 422 and f'id="e-{field}"' in response.content.decode(), given
    assert not GuestLink.objects.exists()


def test_the_page_makes_lists_and_revokes(alice: Client) -> None:
    answer = alice.post("/s/north/guests/", {"name": "the board", "days": "30", "shows": "live"}).content.decode()
    (text,) = re.findall(r'value="[^"]*/guest/\?link=(fourfold_guest_[^"]+)"', answer)
    row = GuestLink.objects.get()
    assert page(opened(NewGuestLink(row, text)), NewGuestLink(row, text))
    listed = alice.get("/s/north/guests/").content.decode()
    assert "the board" in listed and "opened once" in listed and text not in listed
    for path in ("/s/north/members/", f"/people/{row.made_by_id}/rights/", readers()):
        assert "the board" in alice.get(path).content.decode(), path
    assert alice.post("/s/north/guests/", {"revoke": row.prefix}, follow=True).status_code == 200
    assert "the board" not in alice.get("/s/north/members/").content.decode()


def readers() -> str:
    return f"/kpi/{Kpi.objects.get(organisation__code='bakery', code='sales').pk}-x/readers/?u=north"


def test_making_one_asks_for_the_password_again(alice: Client) -> None:
    owner = alice_herself()
    owner.set_password(WORDS)
    owner.save()
    alice.force_login(owner)
    response = alice.post("/s/north/guests/", {"name": "the board", "days": "30"})
    assert response.status_code == 302 and "/accounts/again/" in response["Location"]
    assert not GuestLink.objects.exists()


def test_an_organisation_admin_takes_links_back_and_makes_none(organisation: Organisation) -> None:
    link, admin = made(), member("admin", Role.ORGANISATION_ADMIN)
    client = Client()
    client.force_login(admin)
    text = client.get("/s/north/guests/").content.decode()
    assert "the board" in text and "Make a link" not in text
    assert client.post("/s/north/guests/", {"name": "me", "days": "30"}).status_code == 403
    client.post("/s/north/guests/", {"revoke": link.row.prefix})
    link.row.refresh_from_db()
    assert link.row.revoked_at


def test_a_link_to_statuses_alone_shows_statuses_and_their_past_and_no_column_for_what_is_not_shown(
    organisation: Organisation,
) -> None:
    link = made(statuses_only=True)
    page = opened(link).get(f"/guest/{link.row.prefix}/").content.decode()
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page)
    assert heads == ["KPI", "Status", "Last 6"] and "The figures behind the statuses are not shown." in page
    rows = re.findall(r'<span class="m">([^<]*)</span>.*?<span class="st t-\w+">([^<]*)</span>', page)
    assert ("Margin", "On target") in rows and ("Sales", "Not scored") in rows
    assert "Score" not in page and "not shown ↗" not in page
