"""What open pages are told: who hears of which change, what is told again, and when somebody is told no more."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fourfold.access.roles import Role
from fourfold.access.sight import sights_of
from fourfold.actions.end_sessions import end_sessions
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.evaluate_outlooks import outlooks_after
from fourfold.actions.invite_person import invite_person
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.remove_outbox import remove_outbox
from fourfold.actions.revoke_grant import revoke_grant
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.records.models import Grant, Kpi, Organisation, Outbox, Person, Session, Unit
from fourfold.records.queries.live import Lens, Listener, listen_to, news, over
from fourfold.records.queries.structure import structure_of
from tests.web.conftest import ADDRESSES, MOMENT, signed_in

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(minutes=5)


def listener(who: str, organisation: Organisation, after: int | None = None) -> Listener:
    """Somebody who knows of all changes so far, or of those up to a number."""
    person = Person.objects.get(email=ADDRESSES[who])
    newest = Outbox.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Listener(person, "", organisation.pk, newest if after is None else after)


def heard(*listeners: Listener) -> list[list[dict[str, Any]]]:
    """What each of them is told."""
    found, _ = news(listeners)
    return [[dict(each.told) for each in found if listener in each.listeners] for listener in listeners]


def record(unit: str, value: int, kpi: str = "sales") -> None:
    outcome = record_measurement(by=None, organisation="bakery", kpi=kpi, unit=unit, period="2026-04", value=value,
                                 at=LATER)  # fmt: skip
    assert outcome.ok, outcome.findings


def test_everybody_hears_once_of_what_they_may_see_and_of_no_figure(organisation: Organisation) -> None:
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)
    alice, bob, charlie = (listener(who, organisation) for who in ADDRESSES)
    record("north", 1234567)
    record("south", 7654321)
    (north, south), (bobs,), charlies = heard(alice, bob, charlie)
    assert north["units"] == ["bakery", "north"] and south["units"] == ["bakery", "south"]
    assert "kpi:sales" in north["nodes"] and "scorecard" in north["nodes"] and north["periods"] == ["M:2026-04"]
    assert bobs["units"] == ["north"], "not even that the whole has changed"
    assert charlies == []
    assert not {"1234567", "7654321"} & set(json.dumps([north, south]).replace('"', " ").split())
    _, newest = news([alice])
    alice.after = newest[organisation.pk]
    assert heard(alice) == [[]], "once"


def test_all_who_see_the_same_are_told_by_the_same_words(organisation: Organisation) -> None:
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)
    alices, bobs = ([listener(who, organisation) for _ in range(3)] for who in ("alice", "bob"))
    record("north", 1204)
    late = listener("alice", organisation)
    found, _ = news([*alices, *bobs, late])
    assert [each.listeners for each in found] == [alices, bobs]
    evaluate_organisation(by=None, organisation="bakery")
    found, _ = news([alices[0], late])
    assert [each.listeners for each in found] == [alices[:1], [alices[0], late]], "each what is new to them"


def test_an_entered_figure_is_one_change_that_holds_its_outlooks(organisation: Organisation, alice: Client) -> None:
    evaluate_organisation(by=None, organisation="bakery")
    everybody = listener("alice", organisation)
    pk = Kpi.objects.get(organisation=organisation, code="sales").pk
    sent = {"period": "M:2026-04", "value": "1201", "reason": "The till was counted again."}
    assert alice.post(f"/kpi/{pk}-sales/figures/?u=north&p=2026-04", sent).status_code == 302
    assert Outbox.objects.filter(pk__gt=everybody.after).count() == 1, "one entry is one event"
    (told,) = heard(everybody)[0]
    assert told["units"] == ["bakery", "north"] and "kpi:sales" in told["nodes"] and told["periods"] == ["M:2026-04"]


def test_what_is_held_back_is_told_a_moment_later_and_nothing_before_it(organisation: Organisation) -> None:
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)
    alice = listener("alice", organisation)
    figure = {"organisation": "bakery", "kpi": "sales", "period": "2026-04", "at": LATER}
    assert record_measurement(by=None, unit="north", value=1202, outlooks_follow=True, **figure).ok
    assert record_measurement(by=None, unit="south", value=603, **figure).ok
    assert heard(alice) == [[]], "its outlooks are still being made"
    late, _ = listen_to(alice.person, organisation, "", "", now=datetime.now(UTC))
    assert late.after == alice.after, "who comes now hears of it too"
    Outbox.objects.filter(at__gt=datetime.now(UTC)).update(at=datetime.now(UTC))  # that moment is over
    assert [each["units"] for each in heard(alice)[0]] == [["bakery", "north"], ["bakery", "south"]]


def test_figures_that_wait_for_outlooks_made_together_are_each_told_once(organisation: Organisation) -> None:
    evaluate_organisation(by=None, organisation="bakery")
    alice, at = listener("alice", organisation), datetime.now(UTC)
    for unit in ("north", "south"):
        assert record_measurement(
            by=None, organisation="bakery", kpi="sales", unit=unit, period="2026-04", value=1205, outlooks_follow=True
        ).ok
    assert heard(alice) == [[]]
    outlooks_after(organisation, [("sales", "north"), ("sales", "south")], at=at)
    assert [each["units"] for each in heard(alice)[0]] == [["bakery", "north"], ["bakery", "south"]]


def test_a_period_that_is_closed_and_a_new_day_are_told(organisation: Organisation) -> None:
    bob = listener("bob", organisation)
    set_period_state(by=None, organisation="bakery", unit="south", period="2026-03", state=PeriodState.SUBMITTED)
    assert {"everything": True} in heard(bob)[0]
    later = listener("bob", organisation)
    evaluate_organisation(by=None, organisation="bakery")
    assert heard(later) == [[{"everything": True}]]


def test_who_sees_what_they_own_hears_of_that_alone(organisation: Organisation) -> None:
    invite_person(by=None, organisation="bakery", email="olga@bakery.example", name="Olga", role=Role.KPI_OWNER)
    olga = Person.objects.get(email="olga@bakery.example")
    code = olga.memberships.get().code
    sales = Kpi.objects.get(code="sales", organisation=organisation)
    sales.owner, sales.spec = olga, sales.spec | {"owner": code}
    sales.save()
    Organisation.objects.filter(pk=organisation.pk).update(definitions_version=990_001)
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)
    owner = listener("alice", organisation)
    owner.person = Person.objects.get(pk=olga.pk)
    record("north", 4, "staff")
    record("north", 1300)
    assert [each["nodes"] for each in heard(owner)[0]] == [["kpi:sales"]]


def test_nobody_without_a_clearance_hears_of_a_confidential_kpi_or_a_small_group(organisation: Organisation) -> None:
    sales = Kpi.objects.get(code="sales", organisation=organisation)
    sales.spec |= {"classification": "confidential"}
    sales.is_confidential = True
    sales.save()
    Organisation.objects.filter(pk=organisation.pk).update(definitions_version=990_002)
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)
    bob = listener("bob", organisation)
    record("north", 1301)
    record("north", 5, "staff")
    told = heard(bob)[0]
    assert not [node for each in told for node in each["nodes"] if node == "kpi:sales"]
    assert any("kpi:staff" in each["nodes"] for each in told)
    north = Unit.objects.get(code="north")
    sight, structure = sights_of(bob.person.principal)[organisation.pk], structure_of(organisation)
    change = Outbox(units=[north.pk], nodes=["kpi:staff"], periods=["M:2026-04"])
    assert Lens.of(sight, structure, frozenset()).told(change)["units"] == ["north"]
    assert Lens.of(sight, structure, frozenset({(north.pk, "kpi:staff")})).told(change) == {}


def events(answer: Any) -> tuple[str, int, dict[str, Any]]:
    """Kind, number and data of the first event of an answer."""
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines() if line)
    return lines["event"], int(lines["id"]), json.loads(lines["data"])


def test_a_browser_that_comes_back_hears_what_it_missed_or_is_told_to_start_anew(
    organisation: Organisation, alice: Client
) -> None:
    _, first, state = events(alice.get("/live/bakery/"))
    record("north", 1302)
    back = alice.get("/live/bakery/", headers={"last-event-id": str(first)})
    assert back["Content-Type"] == "text/event-stream" and back["X-Accel-Buffering"] == "no"
    kind, number, new_state = events(back)
    assert (kind, number) == ("hello", first) and new_state != state, "what it missed is still to come"
    assert heard(listener("alice", organisation, after=first))[0]
    newest = Outbox.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for unknown in ("1", "999999999", "x", "9" * 40):
        kind, number, _ = events(alice.get("/live/bakery/", headers={"last-event-id": unknown}))
        assert number == newest and kind == ("hello" if unknown in ("x", "9" * 40) else "reset"), unknown
    Outbox.objects.update(at=datetime.now(UTC) - timedelta(hours=2))
    assert events(alice.get("/live/bakery/", headers={"last-event-id": str(first)}))[0] == "reset"
    remove_outbox(by=None)
    assert not Outbox.objects.exists()


def test_an_open_page_that_asks_by_itself_keeps_no_session_alive_and_takes_no_message(alice: Client) -> None:
    session = alice.session
    long_ago = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
    session["seen"] = long_ago
    session.save()
    page = alice.get("/s/north/scorecard/", headers={"fourfold-live": "yes"})
    alice.get("/live/bakery/")
    assert b"<live-sign" in page.content and alice.session["seen"] == long_ago
    alice.get("/s/north/scorecard/")
    assert alice.session["seen"] > long_ago


def test_whoever_is_signed_out_or_has_other_rights_is_told_no_more(organisation: Organisation) -> None:
    bob, alice = signed_in("bob"), signed_in("alice")
    now = datetime.now(UTC)
    people = {who: Person.objects.get(email=ADDRESSES[who]) for who in ("alice", "bob")}
    keys = {who: str(client.session.session_key) for who, client in (("bob", bob), ("alice", alice))}
    bobs, alices = (Listener(people[who], keys[who], organisation.pk, 0) for who in ("bob", "alice"))
    strange = Listener(people["alice"], keys["bob"], organisation.pk, 0)
    assert over([bobs, alices, strange], now=now) == [strange]
    assert over([bobs, alices], now=now + timedelta(days=8)) == [bobs, alices]
    grant = Grant.objects.get(person=people["bob"])
    revoke_grant(by=people["alice"], grant=grant.pk)
    assert over([bobs, alices], now=now) == [bobs]
    end_sessions(by=None, email=ADDRESSES["alice"])
    assert over([alices], now=now) == [alices]
    assert not Session.objects.filter(person=people["alice"]).exists()
